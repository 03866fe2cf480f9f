import { EventEmitter, once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import type { Ack } from '@convene/contracts/sockets/protocol';

export interface TestClientOptions {
  readonly auth?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
  readonly transports?: string[];
  readonly namespace?: string;
  readonly query?: Record<string, string>;
}

export interface Received {
  readonly event: string;
  // The spec checks the content.
  readonly frame: Record<string, unknown>;
}

export interface Refused {
  readonly message: string;
  readonly data?: { code: string; detail: string; retryable: boolean };
}

/** A real socket.io-client that remembers everything it was sent, in order. */
export class TestClient {
  readonly log: Received[] = [];
  readonly socket: Socket;
  private readonly changes = new EventEmitter();

  constructor(url: string, options: TestClientOptions) {
    const { auth, headers, transports = ['websocket'], namespace = '', query } = options;
    this.socket = io(`${url}${namespace}`, {
      auth: auth ?? {},
      extraHeaders: headers ?? {},
      transports,
      ...(query && { query }),
      reconnection: false,
      forceNew: true,
    });
    this.socket.onAny((event: string, frame: Received['frame']) => {
      this.log.push({ event, frame });
      this.changes.emit('change');
    });
  }

  /** Waits until so many events of this name have come, and returns that one. */
  async received(event: string, count = 1): Promise<Received['frame']> {
    for (;;) {
      const frame = this.framesOf(event)[count - 1];
      if (frame) return frame;
      await once(this.changes, 'change');
    }
  }

  /** Waits for a frame of this name that fits. */
  async first(event: string, fits: (frame: Received['frame']) => boolean): Promise<Received['frame']> {
    for (let count = 1; ; count += 1) {
      const frame = await this.received(event, count);
      if (fits(frame)) return frame;
    }
  }

  framesOf(event: string): Received['frame'][] {
    return this.log.filter((entry) => entry.event === event).map(({ frame }) => frame);
  }

  /** The seqs of the inbox frames so far, in the order they came. */
  get seqs(): number[] {
    return this.framesOf('notifications.created').map(({ seq }) => seq as number);
  }

  /** Waits for the inbox frame of this seq. */
  async upTo(seq: number): Promise<number[]> {
    while (this.seqs.at(-1) !== seq) await once(this.changes, 'change');
    return this.seqs;
  }

  refused(): Promise<Refused> {
    return new Promise((resolve, reject) => {
      this.socket.once('connect_error', (error) => resolve(error as Refused));
      this.socket.once('connect', () => reject(new Error('The connection was accepted')));
    });
  }

  disconnected(): Promise<string> {
    return new Promise((resolve) => this.socket.once('disconnect', resolve));
  }

  ask<T extends object>(event: string, body: unknown): Promise<Ack<T>> {
    return this.socket.emitWithAck(event, body) as Promise<Ack<T>>;
  }

  close(): void {
    this.socket.disconnect();
  }
}
