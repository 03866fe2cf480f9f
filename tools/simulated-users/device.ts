import { io, Socket } from 'socket.io-client';
import type {
  NotificationCreatedFrame,
  NotificationView,
  RoomFrame,
  SessionReadyFrame,
} from '@convene/contracts/frames';
import type { ClientToServerEvents, ServerToClientEvents, SocketError } from '@convene/contracts/sockets/protocol';
import { inboxAnew } from './inbox-anew';
import type { Received } from './received';

/** Frames that are no hints. */
const OWN = /^(notifications\.(created|updated)|session\.|inbox\.)/;

/** Acknowledgements are collected for so long: a burst costs one. */
const ACK_AFTER_MS = 200;
const MIN_PAUSE_MS = 200;
const MAX_PAUSE_MS = 2_000;

export interface DeviceOptions {
  /** Where it has stopped, if it has been here before. */
  readonly place?: { readonly lastSeq: number; readonly epoch: string };
  /** Reads the whole list, in any order: what the device does when a new epoch begins. Without it, a new epoch is a fault. */
  readonly readInbox?: () => Promise<readonly NotificationView[]>;
}

/**
 * One device of a user, connected to a ws-gateway. It keeps its place in the inbox over reconnects, drops what it has
 * by seq, and holds everything that broke the promise in `faults`.
 */
export class Device {
  readonly received: Received[] = [];
  /** What it had before the epoch that is current, until it has read its list anew. */
  private former: readonly Received[] = [];
  /** When each epoch but the first began. */
  readonly epochs: number[] = [];
  readonly faults: string[] = [];
  /** Frames that came again, as "at least once" allows. */
  duplicates = 0;
  ready: SessionReadyFrame | undefined;
  /** Everything that is neither a notification nor about the session. */
  readonly hints: { event: string; frame: RoomFrame }[] = [];
  /** When each `session.ready` came: the first, and one per return. */
  readonly arrivals: number[] = [];
  /** Codes of all `session.closing`. */
  readonly closings: string[] = [];
  private socket: Socket<ServerToClientEvents, ClientToServerEvents> | undefined;
  private lastSeq: number | undefined;
  private epoch: string | undefined;
  private readonly readInbox: DeviceOptions['readInbox'];
  private staying = false;
  private attempts = 0;
  private refused: Error | undefined;
  private comingBack: NodeJS.Timeout | undefined;
  private acking: NodeJS.Timeout | undefined;
  private readonly waiting = new Set<() => void>();

  constructor(
    /** Another each time, where a load balancer would choose. */
    private readonly wsUrl: string | (() => string),
    private readonly token: () => string,
    { place, readInbox }: DeviceOptions = {},
  ) {
    this.readInbox = readInbox;
    this.lastSeq = place?.lastSeq;
    this.epoch = place?.epoch;
  }

  get seq(): number {
    return this.lastSeq ?? 0;
  }

  get connected(): boolean {
    return this.socket?.connected ?? false;
  }

  /** Resolves with the first `session.ready`. It comes back by itself, and resumes, until `disconnect`. @throws when refused. */
  async connect(): Promise<SessionReadyFrame> {
    this.ready = undefined;
    this.refused = undefined;
    this.staying = true;
    this.open();
    const end = await this.until(() => this.ready ?? this.refused, 'session.ready');
    if (end instanceof Error) throw end;
    return end;
  }

  disconnect(): void {
    this.staying = false;
    clearTimeout(this.comingBack);
    clearTimeout(this.acking);
    this.acking = undefined;
    this.socket?.disconnect();
    this.socket = undefined;
  }

  private open(): void {
    const url = typeof this.wsUrl === 'string' ? this.wsUrl : this.wsUrl();
    const place = this.lastSeq === undefined ? {} : { lastSeq: this.lastSeq, epoch: this.epoch };
    const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io(url, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { token: this.token(), ...place },
    });
    this.socket = socket;
    socket.onAny((event: string, frame: RoomFrame) => {
      if (!OWN.test(event)) this.hints.push({ event, frame });
      this.notice();
    });
    let retryAfterMs: number | undefined;
    socket.on('session.ready', (frame) => this.onReady(frame));
    socket.on('notifications.created', (frame) => this.onNotification(frame));
    socket.on('session.closing', (closing) => {
      this.closings.push(closing.code);
      retryAfterMs = closing.retryAfterMs;
      if (!closing.reconnect) this.staying = false;
    });
    socket.once('disconnect', () => this.comeBack(retryAfterMs));
    socket.once('connect_error', (error: Error & { data?: SocketError }) => {
      if (error.data && !error.data.retryable) {
        this.staying = false;
        this.refused = error;
        this.notice();
      }
      socket.disconnect();
      this.comeBack(error.data?.retryAfterMs);
    });
  }

  private comeBack(afterMs = this.backoff()): void {
    this.notice();
    if (this.staying) this.comingBack = setTimeout(() => this.open(), afterMs);
  }

  /** Full jitter. */
  private backoff(): number {
    const most = Math.min(MAX_PAUSE_MS, MIN_PAUSE_MS * 2 ** this.attempts);
    this.attempts += 1;
    return Math.random() * most;
  }

  /** Resolves as soon as `look` returns a value; it is called after every frame. @throws after `timeoutMs`. */
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
    if (resumed && !frame.recovered) {
      if (this.readInbox && frame.epoch !== this.epoch) void this.beginAnew(frame.headSeq, this.readInbox);
      else this.faults.push(`not recovered from seq ${this.seq}`);
    }
    // A device without a position starts live at the head of the inbox.
    this.lastSeq ??= frame.headSeq;
    this.epoch = frame.epoch;
    this.attempts = 0;
    this.arrivals.push(Date.now());
    this.ready = frame;
    this.notice();
  }

  /** Until the list is read it has nothing but what comes after the head. */
  private async beginAnew(headSeq: number, readInbox: () => Promise<readonly NotificationView[]>): Promise<void> {
    const epoch = this.epochs.push(Date.now());
    this.lastSeq = headSeq;
    this.former = [...this.former, ...this.received.splice(0)];
    const list = await readInbox().catch((error: Error) => {
      this.faults.push(`could not read its list anew: ${error.message}`);
      return [];
    });
    // Another has begun meanwhile, and reads for both.
    if (this.epochs.length > epoch) return;
    const { received, faults } = inboxAnew(this.former, list, headSeq);
    this.received.unshift(...received);
    this.faults.push(...faults);
    this.former = [];
    this.notice();
  }

  private onNotification(frame: NotificationCreatedFrame): void {
    if (frame.seq <= this.seq) {
      this.duplicates += 1;
    } else {
      if (frame.seq !== this.seq + 1) this.faults.push(`seq ${frame.seq} came after ${this.seq}`);
      this.lastSeq = frame.seq;
      this.received.push({ frame, at: Date.now() });
      this.acking ??= setTimeout(() => this.acknowledge(), ACK_AFTER_MS);
    }
    this.notice();
  }

  /** Else its owner counts as not there, and gets pushes and mails. */
  private acknowledge(): void {
    this.acking = undefined;
    this.socket?.emit('inbox.ack', { seq: this.seq }, () => undefined);
  }

  private notice(): void {
    for (const check of [...this.waiting]) check();
  }
}
