import { EventEmitter, once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import type { ServerToClientEvents } from '@convene/contracts/sockets/protocol';
import { createClient } from '../client';
import type { Client, ClientOptions } from '../types';

export const USER = '01980a5e-6a0b-7c2d-8e0f-1a2b3c4d5e6f';
export const COMPANY = '01980a5e-7b1c-7d3e-9f10-2a4b6c8d0e1f';

type Frame<Event extends keyof ServerToClientEvents> = Parameters<ServerToClientEvents[Event]>[0];

export interface ClientMessage {
  readonly event: string;
  // The spec checks the content.
  readonly body: Record<string, unknown>;
}

interface Refusal {
  readonly code: string;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
}

/** A real Socket.IO server that a spec scripts, for rare behaviour of a gateway. */
export class ScriptedGateway {
  /** The `auth` of the handshakes, in order. */
  readonly handshakes: Record<string, unknown>[] = [];
  readonly messages: ClientMessage[] = [];
  /** The refusals of the next handshakes; each is used once. */
  readonly refusals: Refusal[] = [];
  /** The refusals of the next upgrades, before Socket.IO; each is used once. */
  readonly bounces: string[] = [];
  /** The answers by event, by default `{ok: true}`. Undefined: no answer. */
  readonly answers: Record<string, (body: ClientMessage['body'], count: number) => object | undefined> = {};
  /** Fields of `session.ready` that differ from the defaults. */
  welcome: Partial<Frame<'session.ready'>> = {};
  sockets: Socket[] = [];
  mostSockets = 0;
  private readonly changes = new EventEmitter().setMaxListeners(0);
  private readonly clients: Client[] = [];

  private constructor(
    private readonly http: HttpServer,
    private readonly io: Server,
  ) {}

  static async start(): Promise<ScriptedGateway> {
    const http = createServer();
    const io = new Server(http, {
      allowRequest: (_request, answer) => {
        const [code] = gateway.bounces;
        answer(code ?? null, code === undefined);
      },
    });
    const gateway = new ScriptedGateway(http, io);
    io.use((socket, next) => gateway.admit(socket, next));
    io.on('connection', (socket) => gateway.connected(socket));
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  client(options: Partial<ClientOptions> = {}): Client {
    const client = createClient({ url: this.url, ...options });
    this.clients.push(client);
    return client;
  }

  emit<Event extends keyof ServerToClientEvents>(event: Event, frame: Frame<Event>): void {
    for (const socket of this.sockets) socket.emit(event, frame);
  }

  notification(seq: number): void {
    const frame = { seq, id: `n-${seq}`, code: 'MESSAGE', params: {}, companyId: null, senderUserId: null };
    this.emit('notifications.created', { ...frame, createdAt: '2026-11-24T12:00:00.000Z', readAt: null });
  }

  /** Ends the connections as a gateway does: a frame with the reason, then a disconnect. */
  end(frame: Partial<Frame<'session.closing'>>): void {
    this.emit('session.closing', { code: 'GOING_AWAY', reason: '', reconnect: true, retryAfterMs: 1, ...frame });
    for (const socket of this.sockets) socket.disconnect(true);
  }

  /** Closes the connections as a lost network does. */
  cut(): void {
    for (const socket of this.sockets) socket.conn.close();
  }

  async until<T>(look: () => T | undefined | false): Promise<T> {
    for (;;) {
      const seen = look();
      if (seen !== undefined && seen !== false) return seen;
      await once(this.changes, 'change');
    }
  }

  /** @returns the body of the `count`-th message of this event. */
  received(event: string, count = 1): Promise<ClientMessage['body']> {
    return this.until(() => this.bodies(event)[count - 1]);
  }

  bodies(event: string): ClientMessage['body'][] {
    return this.messages.filter((it) => it.event === event).map(({ body }) => body);
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.close();
    await this.io.close();
  }

  private admit(socket: Socket, next: (error?: Error) => void): void {
    this.handshakes.push(socket.handshake.auth);
    const refusal = this.refusals.shift();
    this.changes.emit('change');
    next(refusal && Object.assign(new Error(refusal.code), { data: { detail: '', retryable: false, ...refusal } }));
  }

  private connected(socket: Socket): void {
    this.sockets.push(socket);
    this.mostSockets = Math.max(this.mostSockets, this.sockets.length);
    socket.on('disconnect', () => {
      this.sockets = this.sockets.filter((it) => it !== socket);
      this.changes.emit('change');
    });
    socket.onAny((event: string, body: ClientMessage['body'], ack: (answer: object) => void) => {
      this.messages.push({ event, body });
      const answer = this.answers[event];
      const answered = answer ? answer(body, this.bodies(event).length) : {};
      if (answered) ack({ ok: true, ...answered });
      this.changes.emit('change');
    });
    socket.emit('session.ready', {
      userId: USER,
      sessionId: USER,
      epoch: 'e1',
      recovered: socket.handshake.auth.lastSeq !== undefined,
      headSeq: 0,
      unread: { count: 0, version: 1 },
      companies: {},
      ...this.welcome,
    });
    this.changes.emit('change');
  }
}
