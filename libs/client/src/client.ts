import type {
  InboxResyncFrame,
  NotificationCreatedFrame,
  NotificationUpdatedFrame,
  PresenceChangedFrame,
  SessionReadyFrame,
} from '@convene/contracts/frames';
import { onWake } from './browser-events';
import { ClientError } from './client-error';
import { Connection } from './connection';
import { Emitter } from './emitter';
import type { Hint, HintName } from './hints';
import { Inbox } from './inbox';
import { KnownCompanies } from './known-companies';
import type { Unread } from './notifications';
import { Presence } from './presence';
import { SeenHints } from './seen-hints';
import { SerialQueue } from './serial-queue';
import type { Client, ClientEvents, ClientOptions, ClientState, PresenceWatch } from './types';
import { UnreadCount } from './unread-count';

/** A client of the live stream. It connects at once, and stays connected until `close`. */
export function createClient(options: ClientOptions): Client {
  return new StreamClient(options);
}

class StreamClient implements Client {
  private readonly events = new Emitter<ClientEvents>((cause, event) => this.handlerFailed(cause, event));
  private readonly connection: Connection;
  private readonly inbox: Inbox;
  private readonly presence: Presence;
  private readonly unreadCount = new UnreadCount();
  private readonly seenHints = new SeenHints();
  private readonly companies = new KnownCompanies();
  private readonly states = new SerialQueue();
  private readonly stopListening: () => void;

  constructor(options: ClientOptions) {
    this.connection = new Connection(options, {
      position: () => this.inbox.current,
      ready: (frame) => this.ready(frame),
      frame: (event, frame) => this.frame(event, frame),
      state: (state) => this.stateChanged(state),
    });
    this.inbox = new Inbox(this.connection, options.storage, {
      notification: (notification) => this.events.emit('notification', notification),
      gap: (headSeq) => this.events.emit('gap', { headSeq }),
      error: (error) => this.report(error),
    });
    this.presence = new Presence(this.connection, (error) => this.report(asClientError(error)));
    this.stopListening = onWake(() => this.connection.wake());
    void this.start();
  }

  get state(): ClientState {
    return this.connection.state;
  }

  get unread(): Unread | undefined {
    return this.unreadCount.current;
  }

  on<Event extends keyof ClientEvents>(event: Event, handler: (...args: ClientEvents[Event]) => unknown): () => void {
    return this.events.on(event, handler);
  }

  onHint<Name extends HintName>(name: Name, handler: (hint: Hint<Name>) => unknown): () => void {
    return this.on('hint', (event, hint) => (event === name ? handler(hint as unknown as Hint<Name>) : undefined));
  }

  live(): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (state: ClientState) => {
        if (state.status === 'live') resolve();
        else if (state.status === 'closed') reject(new ClientError({ code: state.code, message: state.reason }));
        else return;
        off();
      };
      const off = this.on('state', look);
      look(this.state);
    });
  }

  unreadFromHttp(unread: Unread): void {
    if (this.unreadCount.offer(unread)) this.emit('unread', unread);
  }

  watchPresence(companyId: string): PresenceWatch {
    return this.presence.watch(companyId);
  }

  setAway(away: boolean): void {
    this.presence.setAway(away);
  }

  close(): void {
    this.connection.close('CLOSED', 'close() was called', this.inbox.unacknowledged);
  }

  private async start(): Promise<void> {
    await this.inbox.load();
    if (this.state.status !== 'closed') await this.connection.open();
  }

  private stateChanged(state: ClientState): void {
    if (state.status === 'closed') {
      this.stopListening();
      this.inbox.close();
    }
    // A handler may change the state: later handlers must not receive the older state last.
    this.states.add(() => void this.events.emit('state', state));
  }

  private ready(frame: SessionReadyFrame): void {
    if (this.inbox.ready(frame)) {
      this.unreadCount.reset();
      this.companies.reset();
    }
    this.unreadFromHttp(frame.unread);
    const change = this.companies.compare(frame.companies);
    if (change.stale.length + change.left.length > 0) this.emit('companies', change);
    this.presence.ready();
  }

  private frame(event: string, frame: object): void {
    switch (event) {
      case 'session.ready':
      case 'session.closing':
        return;
      case 'notifications.created':
        return this.created(frame as NotificationCreatedFrame);
      case 'notifications.updated':
        return this.updated(frame as NotificationUpdatedFrame);
      case 'inbox.resync':
        return this.resync(frame as InboxResyncFrame);
      case 'presence.changed':
        return this.presence.changed(frame as PresenceChangedFrame);
      default:
        return this.hint(event, frame as Hint);
    }
  }

  private created(frame: NotificationCreatedFrame): void {
    this.inbox.offer(frame);
    if (frame.unread) this.unreadFromHttp(frame.unread);
  }

  private updated(frame: NotificationUpdatedFrame): void {
    if (frame.id !== undefined) this.emit('notificationUpdated', frame);
    this.unreadFromHttp(frame.unread);
  }

  private resync({ headSeq, companies: stale }: InboxResyncFrame): void {
    this.inbox.resync(headSeq);
    if (stale.length > 0) this.emit('companies', { stale, left: [] });
  }

  /** Every other frame with the id of an event is a hint, also one that this version does not know. */
  private hint(event: string, frame: Hint): void {
    if (typeof frame?.eventId !== 'string' || !this.seenHints.add(frame.eventId)) return;
    this.companies.advance(event, frame.companyId, frame.version);
    this.emit('hint', event as HintName, frame);
  }

  private emit<Event extends keyof ClientEvents>(event: Event, ...args: ClientEvents[Event]): void {
    void this.events.emit(event, ...args);
  }

  private handlerFailed(cause: unknown, event: keyof ClientEvents): void {
    const error = new ClientError({ code: 'HANDLER_FAILED', message: `A handler of "${event}" failed`, cause });
    if (event === 'error') console.error(error);
    else this.report(error);
  }

  private report(error: ClientError): void {
    if (this.events.has('error')) this.emit('error', error);
    else console.error(error);
  }
}

function asClientError(cause: unknown): ClientError {
  if (cause instanceof ClientError) return cause;
  return new ClientError({ code: 'HANDLER_FAILED', message: 'A handler of a presence watch failed', cause });
}
