import type { ClientError } from './client-error';
import type { Hint, HintName } from './hints';
import type { Notification, NotificationUpdate, Unread } from './notifications';

type Awaitable<T> = T | Promise<T>;

/** The position of a device in the inbox of a user, as `storage` keeps it. */
export interface Position {
  lastSeq: number;
  /** Lineage of the seqs: another one after a restore from a backup. */
  epoch: string;
  /** Another user on this device does not continue here. */
  userId?: string | undefined;
}

/** Keeps the position of a device that also keeps its notifications. */
export interface PositionStorage {
  load(): Awaitable<Position | undefined>;
  /** Called after the handlers of a notification have run. */
  save(position: Position): Awaitable<void>;
}

export interface ClientOptions {
  /** Of the ws-gateway, e.g. `https://live.example.com`. */
  url: string;
  /**
   * The access token; undefined where the browser sends it as a cookie. With `refresh`, the one it gave last was refused or
   * is about to expire: refresh it first. Throw a ClientError that is not retryable to end the client; whatever else is
   * thrown is tried again.
   */
  token?(request: { refresh: boolean }): Awaitable<string | undefined>;
  storage?: PositionStorage;
  /** Where the gateway is mounted; `/socket.io` by default. */
  path?: string;
  /** In this order; `['websocket', 'polling']` by default. */
  transports?: ('websocket' | 'polling')[];
  /** Of the handshake, in Node only. */
  headers?: Record<string, string>;
  /** How long an answer of the server, or a token, may take; 10,000 by default. */
  timeoutMs?: number;
}

export type ClientState =
  | { status: 'connecting' }
  | { status: 'live' }
  /** Not connected; will try again at `until` (`Date.now()`). */
  | { status: 'waiting'; until: number; code: string }
  /** Permanently: create another client after the next login. */
  | { status: 'closed'; code: string; reason: string };

export interface ClientEvents {
  /** One of the inbox: rising by seq, each once. A handler that returns a promise is waited for before the next one. */
  notification: [notification: Notification];
  notificationUpdated: [update: NotificationUpdate];
  /** The newest count. */
  unread: [unread: Unread];
  /** An event happened: refetch the named resources. Each event once, in any order. */
  hint: [name: HintName, hint: Hint];
  /** Refetch the stale ones, forget those that were left. */
  companies: [change: { stale: string[]; left: string[] }];
  state: [state: ClientState];
  /** The stream continues after `headSeq`: read earlier notifications from `GET /v1/notifications`. */
  gap: [gap: { headSeq: number }];
  /** Errors without a caller to throw to; printed to the console if there is no listener. */
  error: [error: ClientError];
}

export type PresenceState = 'ONLINE' | 'AWAY' | 'OFFLINE';

/** Who of a company is there, kept current until `stop`. */
export interface PresenceWatch {
  readonly companyId: string;
  /** By user id: those who are online or away. */
  readonly people: ReadonlyMap<string, PresenceState>;
  /** False when the company has more people than the server lists. */
  readonly complete: boolean;
  /** Resolves with the first view. @throws ClientError when it is refused. */
  readonly ready: Promise<void>;
  /** @returns what ends that. */
  onChange(handler: (people: ReadonlyMap<string, PresenceState>) => void): () => void;
  stop(): void;
}

export interface Client {
  readonly state: ClientState;
  /** The newest count; undefined before the first. */
  readonly unread: Unread | undefined;
  /** @returns what ends that. */
  on<Event extends keyof ClientEvents>(event: Event, handler: (...args: ClientEvents[Event]) => unknown): () => void;
  /** A hint of one name. @returns what ends that. */
  onHint<Name extends HintName>(name: Name, handler: (hint: Hint<Name>) => unknown): () => void;
  /** Resolves when the stream is live. @throws ClientError when it is closed. */
  live(): Promise<void>;
  /** The count of an HTTP answer: used if it is newer than the stream's. */
  unreadFromHttp(unread: Unread): void;
  /** Kept through reconnects. Watching one company twice is one watch for the server. */
  watchPresence(companyId: string): PresenceWatch;
  /** Whether this device is idle. Kept through reconnects. */
  setAway(away: boolean): void;
  /** Ends the client permanently. Handled notifications are acknowledged first, if there is a connection. */
  close(): void;
}
