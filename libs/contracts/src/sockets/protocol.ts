import { z } from 'zod';
import type {
  InboxResyncFrame,
  NotificationCreatedFrame,
  NotificationUpdatedFrame,
  PresenceChangedFrame,
  RoomFrame,
  SessionClosingFrame,
  SessionReadyFrame,
} from '../frames';
import type { AnswerOf, BodyOf, ClientEventContract } from './client-event';
import type {
  AckInbox,
  RenewSession,
  ResumeInbox,
  UnwatchPresence,
  UpdatePresence,
  WatchPresence,
} from './client-events';

/** The fields of the handshake's `auth`. */
export const HandshakeAuth = z.object({
  token: z.string().optional(),
  lastSeq: z.int().nonnegative().optional(),
  epoch: z.string().optional(),
});
export type HandshakeAuth = z.infer<typeof HandshakeAuth>;

/** The error of a refused event, and `data` of a refused connection. */
export interface SocketError {
  readonly code: string;
  /** For developers: names the field and the remedy. */
  readonly detail: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}

/** The answer to every client event. */
export type Ack<T extends object = object> = ({ ok: true } & T) | { ok: false; error: SocketError };

export interface ServerToClientEvents {
  'session.ready': (frame: SessionReadyFrame) => void;
  'session.closing': (frame: SessionClosingFrame) => void;
  'notifications.created': (frame: NotificationCreatedFrame) => void;
  'notifications.updated': (frame: NotificationUpdatedFrame) => void;
  'inbox.resync': (frame: InboxResyncFrame) => void;
  'presence.changed': (frame: PresenceChangedFrame) => void;
  [roomFrame: `companies.${string}`]: (frame: RoomFrame) => void;
  [roomFrame: `memberships.${string}`]: (frame: RoomFrame) => void;
  [roomFrame: `invites.${string}`]: (frame: RoomFrame) => void;
  [roomFrame: `friendships.${string}`]: (frame: RoomFrame) => void;
  [roomFrame: `users.${string}`]: (frame: RoomFrame) => void;
  [roomFrame: `sessions.${string}`]: (frame: RoomFrame) => void;
}

type Said<C extends ClientEventContract> = (body: BodyOf<C>, ack: (answer: Ack<AnswerOf<C> & object>) => void) => void;

export interface ClientToServerEvents {
  'inbox.ack': Said<typeof AckInbox>;
  'inbox.resume': Said<typeof ResumeInbox>;
  'session.renew': Said<typeof RenewSession>;
  'presence.update': Said<typeof UpdatePresence>;
  'presence.watch': Said<typeof WatchPresence>;
  'presence.unwatch': Said<typeof UnwatchPresence>;
}
