import type { z } from 'zod';
import type { SocketLimit } from './client-event';

/** Where a frame goes: the one device, all devices of a person, a company's members, or who watches its presence. */
export type Reach = 'device' | 'user' | 'company' | 'watchers';

/** The one home of a frame that the server sends: it names it, types it and documents it. */
export interface ServerEventContract<Name extends string = string, Payload extends z.ZodType = z.ZodType> {
  readonly name: Name;
  readonly summary: string;
  /** When it is sent. */
  readonly when: string;
  readonly reach: Reach;
  readonly payload: Payload;
  /** A hint tells that something changed, may be lost or come twice, and is refetched. */
  readonly hint: boolean;
  /** Beyond it frames become one `inbox.resync`; undefined where they are counted otherwise. */
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
