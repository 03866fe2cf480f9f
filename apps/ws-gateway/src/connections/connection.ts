import type { Socket } from 'socket.io';
import type { NotificationCreatedFrame } from '@convene/contracts/frames';
import type { HandshakeAuth, ServerToClientEvents } from '@convene/contracts/sockets/protocol';
import { Backlog, bufferedBytes, hasUnwritten } from '../engine/backlog';
import { OutgoingMessage } from '../engine/outgoing-message';
import { countEmitted, frameLatency } from '../metrics';
import { InboxStream } from './inbox-stream';

/** The user and session that the access token proved. */
export interface Identity {
  readonly userId: string;
  readonly sessionId: string;
  readonly expiresAt: Date;
}

/** Hints kept until the connection is open; more are dropped, because `session.ready` still follows. */
const MAX_HINTS = 100;

let newestEpoch: string | undefined;

interface Hint {
  readonly event: string;
  readonly frame: object;
}

/** The reports of a connection while it sends. */
export interface Traffic {
  delivered(connection: Connection, notificationId: string): void;
  /** Whether the client has so much left to take that a replay waits. */
  isCongested(connection: Connection): boolean;
  /** Called after every emit. */
  sent(connection: Connection): void;
}

/** One connected device. */
export class Connection {
  readonly stream = new InboxStream<NotificationCreatedFrame>();
  private backlog: Backlog | undefined;
  /** The epoch of the seqs sent to this device, once it is open. Example: epoch `a`, seqs 1 to 9. A failover loses 8 and 9,
   * the server that takes over has epoch `b`, and seq 8 is assigned to another notification: cursors of `a` are void. */
  epoch: string | undefined;
  /** Where the device resumes. The rest of the handshake is not kept, so that the token leaves memory. */
  readonly handshake: Pick<HandshakeAuth, 'lastSeq' | 'epoch'>;
  readonly identity: Omit<Identity, 'expiresAt'>;
  /** Milliseconds since 1970. */
  private provenUntil: number;
  private open = false;
  /** Created on demand and dropped when the connection opens, because thousands of connections are open and idle. */
  private early: { readonly hints: Hint[]; readonly waiting: (() => void)[] } | undefined;

  constructor(
    readonly socket: Socket,
    { userId, sessionId, expiresAt }: Identity,
    { lastSeq, epoch }: HandshakeAuth,
    private readonly traffic: Traffic,
  ) {
    this.handshake = { lastSeq, epoch };
    this.identity = { userId, sessionId };
    this.provenUntil = expiresAt.getTime();
  }

  /** When the newest token that the device has shown expires: the connection ends then. */
  get expiresAt(): Date {
    return new Date(this.provenUntil);
  }

  /** An older token than the one in use changes nothing. @returns when the session expires now. */
  renew(expiresAt: Date): Date {
    this.provenUntil = Math.max(this.provenUntil, expiresAt.getTime());
    return this.expiresAt;
  }

  get userId(): string {
    return this.identity.userId;
  }

  get isOpen(): boolean {
    return this.open;
  }

  /** Resolves when `session.ready` is sent. */
  get whenOpen(): Promise<void> {
    if (this.open) return Promise.resolve();
    return new Promise((resolve) => this.beforeOpen.waiting.push(resolve));
  }

  /** Ready for a page of its backlog. */
  get wantsPage(): boolean {
    return this.open && this.stream.behind && !this.traffic.isCongested(this);
  }

  /** Bytes that the client has not taken yet. */
  waitingBytes(): number {
    const { conn } = this.socket;
    if (hasUnwritten(conn)) return (this.backlog ??= new Backlog()).measure(conn);
    this.backlog = undefined;
    return bufferedBytes(conn);
  }

  get connected(): boolean {
    return this.socket.connected;
  }

  send<Event extends keyof ServerToClientEvents>(
    event: Event,
    frame: Parameters<ServerToClientEvents[Event]>[0],
  ): void {
    this.emit(event, frame);
  }

  /** Inbox frames that the stream let through. */
  deliver(frames: readonly NotificationCreatedFrame[]): void {
    for (const frame of frames) {
      this.send('notifications.created', frame);
      if (this.connected) this.traffic.delivered(this, frame.id);
      if (frame.occurredAt) frameLatency.observe(Math.max(0, Date.now() - Date.parse(frame.occurredAt)) / 1_000);
    }
  }

  /** A frame outside the inbox: sent now, or right after `session.ready`. */
  hint(event: string, frame: object): void {
    if (this.open) this.emit(event, frame);
    else if (this.beforeOpen.hints.length < MAX_HINTS) this.beforeOpen.hints.push({ event, frame });
  }

  /** Sends a message shared by many connections. The caller counts it and calls `checkBacklog`. */
  pass(message: OutgoingMessage): void {
    if (this.connected) message.sendTo(this.socket);
  }

  /** Closes the connection if its client reads too slowly. */
  checkBacklog(): void {
    this.traffic.sent(this);
  }

  /** Called after `session.ready` is sent: hints that arrived before follow. */
  opened(epoch: string): void {
    // One string for all connections, where each snapshot has a copy.
    if (epoch !== newestEpoch) newestEpoch = epoch;
    this.epoch = newestEpoch;
    this.open = true;
    const { hints = [], waiting = [] } = this.early ?? {};
    this.early = undefined;
    for (const { event, frame } of hints) this.hint(event, frame);
    for (const resolve of waiting) resolve();
  }

  private get beforeOpen() {
    return (this.early ??= { hints: [], waiting: [] });
  }

  private emit(event: string, frame: object): void {
    if (!this.connected) return;
    new OutgoingMessage(event, frame).sendTo(this.socket);
    countEmitted(event);
    this.checkBacklog();
  }
}
