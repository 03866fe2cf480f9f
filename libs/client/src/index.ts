/** What `@convene/client` is, as published: inside this workspace import the files themselves. */
export { createClient } from './client';
export { ClientError, type ClientErrorOptions } from './client-error';
export type { HintFacts, NotificationParams, Role } from './contract-types';
export type { Hint, HintHeader, HintName } from './hints';
export type { Notification, NotificationCode, NotificationHeader, NotificationUpdate, Unread } from './notifications';
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
