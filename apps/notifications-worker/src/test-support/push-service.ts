import { createDecipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A subscribed browser: it alone can decrypt its pushes (RFC 8291). */
export class Browser {
  private readonly ecdh: ECDH = createECDH('prime256v1');
  private readonly auth = randomBytes(16);
  readonly keys: { p256dh: string; auth: string };

  constructor() {
    this.ecdh.generateKeys();
    this.keys = { p256dh: this.ecdh.getPublicKey('base64url'), auth: this.auth.toString('base64url') };
  }

  decrypt(body: Buffer): unknown {
    const salt = body.subarray(0, 16);
    const length = body.readUInt8(20);
    const sender = body.subarray(21, 21 + length);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.ecdh.getPublicKey(), sender]);
    const secret = Buffer.from(hkdfSync('sha256', this.ecdh.computeSecret(sender), this.auth, info, 32));
    const key = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: aes128gcm\0', 16));
    const nonce = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: nonce\0', 12));
    const sealed = body.subarray(21 + length);
    const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(sealed.subarray(-16));
    const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    return JSON.parse(padded.subarray(0, padded.lastIndexOf(2)).toString());
  }
}

export interface Pushed {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A push service as browser vendors run them. The spec decides its answers. */
export class PushService {
  readonly pushed: Pushed[] = [];
  private readonly answers = new Map<string, number>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<PushService> {
    const service = new PushService(
      createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const path = request.url ?? '';
          service.pushed.push({ path, headers: request.headers, body: Buffer.concat(chunks) });
          response.writeHead(service.answers.get(path) ?? 201).end();
        });
      }),
    );
    service.server.listen(0, '127.0.0.1');
    await once(service.server, 'listening');
    return service;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  answer(path: string, status: number): void {
    this.answers.set(path, status);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** A push service that accepts every request, and answers none until the spec releases it. */
export class Tarpit {
  private readonly unanswered = new Set<ServerResponse>();
  private answers = false;
  requests = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Tarpit> {
    const tarpit: Tarpit = new Tarpit(
      createServer((request, response) => {
        tarpit.requests += 1;
        request.resume();
        if (tarpit.answers) return void response.writeHead(201).end();
        tarpit.unanswered.add(response);
        response.on('close', () => tarpit.unanswered.delete(response));
      }),
    );
    tarpit.server.listen(0, 'localhost');
    await once(tarpit.server, 'listening');
    return tarpit;
  }

  /** Of another host than that of a PushService. */
  url(path: string): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}${path}`;
  }

  /** Requests it has accepted and not answered. */
  get holding(): number {
    return this.unanswered.size;
  }

  recover(): void {
    this.answers = true;
    for (const response of this.unanswered) response.writeHead(201).end();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
