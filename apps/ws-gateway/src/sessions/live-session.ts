import type { NotificationCreatedFrame } from '@convene/contracts/sockets/frames';
import type { HandshakeAuth, ServerToClientEvents } from '@convene/contracts/sockets/protocol';
import type { Socket } from 'socket.io';
import { InboxStream } from '../inbox/inbox-stream';
import { eventsEmitted, frameLatency } from '../metrics';

/** Who is at the other end, as the access token proved it. */
export interface Identity {
  readonly userId: string;
  readonly sessionId: string;
  readonly expiresAt: Date;
}

/** Hints kept for a session that is not open yet; more are let go, because its `session.ready` is still to come. */
const MOST_HINTS = 100;

/** One connected device. */
export class LiveSession {
  readonly stream = new InboxStream<NotificationCreatedFrame>();
  /** Lineage of the seqs this device was told, once it is open. */
  epoch: string | undefined;
  private readonly hints: { event: string; frame: object }[] = [];
  private open = false;
  private declareOpen: () => void = () => undefined;
  /** Resolves when `session.ready` is out. */
  readonly whenOpen = new Promise<void>((resolve) => (this.declareOpen = resolve));

  constructor(
    readonly socket: Socket,
    readonly identity: Identity,
    readonly handshake: HandshakeAuth,
  ) {}

  get userId(): string {
    return this.identity.userId;
  }

  get isOpen(): boolean {
    return this.open;
  }

  get connected(): boolean {
    return this.socket.connected;
  }

  send<Event extends keyof ServerToClientEvents>(
    event: Event,
    frame: Parameters<ServerToClientEvents[Event]>[0],
  ): void {
    this.socket.emit(event, frame);
    eventsEmitted.inc({ event });
  }

  /** Inbox frames that the stream let through. */
  deliver(frames: readonly NotificationCreatedFrame[]): void {
    for (const frame of frames) {
      this.send('notifications.created', frame);
      if (frame.occurredAt) frameLatency.observe(Math.max(0, Date.now() - Date.parse(frame.occurredAt)) / 1_000);
    }
  }

  /** Everything that is not an inbox frame: sent now, or right after `session.ready`. */
  hint(event: string, frame: object): void {
    if (this.open) {
      this.socket.emit(event, frame);
      eventsEmitted.inc({ event });
    } else if (this.hints.length < MOST_HINTS) this.hints.push({ event, frame });
  }

  /** `session.ready` is out: hints that came meanwhile follow. */
  opened(epoch: string): void {
    this.epoch = epoch;
    this.open = true;
    for (const { event, frame } of this.hints.splice(0)) this.hint(event, frame);
    this.declareOpen();
  }
}
