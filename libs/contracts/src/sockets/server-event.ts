import type { z } from 'zod';
import type { SocketLimit } from './client-event';

/** The recipients of a frame: one device, all devices of a user, a company's members, or the clients that watch its presence. */
export type Reach = 'device' | 'user' | 'company' | 'watchers';

/** The contract of a frame that the server sends: its name, type and documentation. */
export interface ServerEventContract<Name extends string = string, Payload extends z.ZodType = z.ZodType> {
  readonly name: Name;
  readonly summary: string;
  /** When it is sent. */
  readonly when: string;
  readonly reach: Reach;
  readonly payload: Payload;
  /** A hint announces a change. It may be lost or repeated, and the client refetches what changed. */
  readonly hint: boolean;
  /** Beyond it frames become one `inbox.resync`; undefined for frames with another limit. */
  readonly limit: SocketLimit | undefined;
  readonly example: object;
}

/** Declares a frame. */
export function defineServerEvent<Name extends string, Payload extends z.ZodType>(
  name: Name,
  options: Omit<ServerEventContract<Name, Payload>, 'name' | 'limit' | 'hint'> & {
    limit?: SocketLimit;
    hint?: boolean;
  },
): ServerEventContract<Name, Payload> {
  return Object.freeze({ limit: undefined, hint: false, ...options, name });
}
