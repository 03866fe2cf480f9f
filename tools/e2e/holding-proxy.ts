import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, Server, Socket } from 'node:net';

/** What a client says to a server, as bytes in Latin-1, in which a regular expression can look for it. */
export type Utterance = RegExp;

/** AMQP 0-9-1 method frames: type 1, channel, size, class 60 and method 80 (ack) or 40 (publish). */
export const BASIC_ACK: Utterance = /\x01[\s\S]{2}\x00\x00\x00\x0d\x00\x3c\x00\x50/;
export const BASIC_PUBLISH: Utterance = /\x01[\s\S]{2}[\s\S]{4}\x00\x3c\x00\x28/;

/**
 * Stands between a process and a server, and can stop a connection at the very moment when the process says something: to
 * kill it between two of its steps, without a line of test code in it.
 */
export class HoldingProxy {
  private readonly sockets = new Set<Socket>();
  private trap: { utterance: Utterance; sprung: () => void } | undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async before(targetUrl: string): Promise<HoldingProxy> {
    const server = createServer();
    const proxy = new HoldingProxy(server, new URL(targetUrl));
    server.on('connection', (client) => proxy.join(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  /** The server's URL, by way of this proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Resolves when a client says it: those bytes, and all that follows on that connection, never reach the server. */
  hold(utterance: Utterance): Promise<void> {
    return new Promise((resolve) => (this.trap = { utterance, sprung: resolve }));
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    const upstream = connect(Number(this.target.port), this.target.hostname);
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    upstream.pipe(client);
    let held = false;
    client.on('data', (bytes) => {
      // Read on while holding: a socket that is not read does not tell that its process has died.
      if (held) return;
      if (this.trap?.utterance.test(bytes.toString('latin1'))) {
        held = true;
        this.trap.sprung();
        this.trap = undefined;
      } else {
        upstream.write(bytes);
      }
    });
  }
}
