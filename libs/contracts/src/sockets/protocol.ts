import { z } from 'zod';
import type {
  NotificationCreatedFrame,
  NotificationUpdatedFrame,
  RoomFrame,
  SessionClosingFrame,
  SessionReadyFrame,
} from './frames';

/** What a client may say in the handshake's `auth`. */
export const HandshakeAuth = z.object({
  token: z.string().optional(),
  lastSeq: z.int().nonnegative().optional(),
  epoch: z.string().optional(),
});
export type HandshakeAuth = z.infer<typeof HandshakeAuth>;

export const InboxAck = z.object({ seq: z.int().nonnegative() });
export type InboxAck = z.infer<typeof InboxAck>;

export const InboxResume = z.object({ lastSeq: z.int().nonnegative() });
export type InboxResume = z.infer<typeof InboxResume>;

/** The answer to every client event. */
export type Ack<T extends object = object> =
  | ({ ok: true } & T)
  | { ok: false; error: { code: string; detail: string; retryable: boolean; retryAfterMs?: number } };

export interface ServerToClientEvents {
  'session.ready': (frame: SessionReadyFrame) => void;
  'session.closing': (frame: SessionClosingFrame) => void;
  'notifications.created': (frame: NotificationCreatedFrame) => void;
  'notifications.updated': (frame: NotificationUpdatedFrame) => void;
  'inbox.resync': (frame: { headSeq: number }) => void;
  [roomFrame: `companies.${string}`]: (frame: RoomFrame) => void;
  [roomFrame: `memberships.${string}`]: (frame: RoomFrame) => void;
  [roomFrame: `invites.${string}`]: (frame: RoomFrame) => void;
  [roomFrame: `users.${string}`]: (frame: RoomFrame) => void;
  [roomFrame: `sessions.${string}`]: (frame: RoomFrame) => void;
}

export interface ClientToServerEvents {
  'inbox.ack': (body: InboxAck, ack: (answer: Ack) => void) => void;
  'inbox.resume': (
    body: InboxResume,
    ack: (answer: Ack<{ recovered: boolean; headSeq: number; epoch: string }>) => void,
  ) => void;
}
