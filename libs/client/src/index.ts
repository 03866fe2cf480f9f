/** What `@convene/client` is, as published: inside this workspace import the files themselves. */
export { createClient } from './client';
export { ClientError, type ClientErrorOptions } from './client-error';
export type { Hint, HintFacts, HintHeader, HintName } from './hints';
export type {
  Notification,
  NotificationCode,
  NotificationHeader,
  NotificationParams,
  NotificationUpdate,
  Role,
  Unread,
} from './notifications';
export type {
  Client,
  ClientEvents,
  ClientOptions,
  ClientState,
  Position,
  PositionStorage,
  PresenceState,
  PresenceWatch,
} from './types';
