import { io, Socket } from 'socket.io-client';
import type { NotificationCreatedFrame, SessionReadyFrame } from '@convene/contracts/sockets/frames';
import type { ClientToServerEvents, ServerToClientEvents } from '@convene/contracts/sockets/protocol';

export interface Received {
  frame: NotificationCreatedFrame;
  /** `Date.now()` when it came. */
  at: number;
}

/**
 * One device of one person, connected to a ws-gateway. It keeps its place in the inbox over reconnects, drops what it has
 * by seq, and holds everything that broke the promise in `faults`.
 */
export class Device {
  readonly received: Received[] = [];
  readonly faults: string[] = [];
  /** Frames that came again, as "at least once" allows. */
  duplicates = 0;
  ready: SessionReadyFrame | undefined;
  private socket: Socket<ServerToClientEvents, ClientToServerEvents> | undefined;
  private lastSeq: number | undefined;
  private epoch: string | undefined;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly wsUrl: string,
    private readonly token: () => string,
  ) {}

  get seq(): number {
    return this.lastSeq ?? 0;
  }

  get connected(): boolean {
    return this.socket?.connected ?? false;
  }

  /** Resolves with the first `session.ready`. The socket reconnects by itself, and resumes, until `disconnect`. */
  connect(): Promise<SessionReadyFrame> {
    this.ready = undefined;
    const socket = (this.socket = io(this.wsUrl, {
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 200,
      reconnectionDelayMax: 1_000,
      auth: (answer) => {
        const place =
          this.lastSeq === undefined ? {} : { lastSeq: this.lastSeq, epoch: this.ready?.epoch ?? this.epoch };
        answer({ token: this.token(), ...place });
      },
    }) as Socket<ServerToClientEvents, ClientToServerEvents>);
    socket.on('session.ready', (frame) => this.onReady(frame));
    socket.on('notifications.created', (frame) => this.onNotification(frame));
    return new Promise((resolve, reject) => {
      socket.once('session.ready', resolve);
      socket.once('connect_error', (error) => {
        if (!socket.active) reject(error);
      });
    });
  }

  disconnect(): void {
    this.socket?.disconnect();
    this.socket = undefined;
  }

  /** Resolves as soon as `look` gives something; looks again at whatever comes. @throws after `timeoutMs`. */
  until<T>(look: () => T | undefined | false, what: string, timeoutMs = 20_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const seen = look();
        if (seen === undefined || seen === false) return;
        stop();
        resolve(seen);
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`Not seen within ${timeoutMs / 1000} s: ${what} (last seq ${this.seq})`));
      }, timeoutMs);
      const stop = () => {
        clearTimeout(timer);
        this.waiting.delete(check);
      };
      this.waiting.add(check);
      check();
    });
  }

  /** The next notification with this code that has come or comes after the `from`-th. */
  notification(code: string, from = 0): Promise<Received> {
    return this.until(() => this.received.slice(from).find(({ frame }) => frame.code === code), code);
  }

  private onReady(frame: SessionReadyFrame): void {
    const resumed = this.lastSeq !== undefined;
    if (resumed && !frame.recovered) this.faults.push(`not recovered from seq ${this.seq}`);
    // Who comes without a place in the inbox starts live at its head.
    this.lastSeq ??= frame.headSeq;
    this.epoch = frame.epoch;
    this.ready = frame;
    this.notice();
  }

  private onNotification(frame: NotificationCreatedFrame): void {
    if (frame.seq <= this.seq) {
      this.duplicates += 1;
    } else {
      if (frame.seq !== this.seq + 1) this.faults.push(`seq ${frame.seq} came after ${this.seq}`);
      this.lastSeq = frame.seq;
      this.received.push({ frame, at: Date.now() });
    }
    this.notice();
  }

  private notice(): void {
    for (const check of [...this.waiting]) check();
  }
}
