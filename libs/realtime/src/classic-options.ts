import { CHANNEL_PREFIX } from './channels';

/** A broadcast as the classic adapter puts it on the wire: by whom, what, to which rooms. */
export type ClassicBroadcast = readonly [uid?: string, packet?: { readonly data?: unknown[] }, opts?: object];

/** The same for publishers and gateways. JSON, as the sharded adapter writes: frames hold nothing binary. */
export const classicOptions = {
  key: CHANNEL_PREFIX,
  parser: {
    encode: (message: unknown) => JSON.stringify(message),
    decode: (message: Buffer): unknown => JSON.parse(message.toString()),
  },
};
