import type { Ack } from '@convene/contracts/sockets/protocol';
import type { z } from 'zod';
import { asConveneError, errorBody } from './as-convene-error';
import { parseBody } from './parse-body';

/** Socket.IO's acknowledgement, if the client asked for one. */
export type Acknowledge = ((answer: Ack) => void) | undefined;

interface Request<Schema extends z.ZodType> {
  readonly schema: Schema;
  readonly body: unknown;
  readonly ack: Acknowledge;
}

/** Every client event is answered once, `{ok:true,…}` or `{ok:false,error}`; this is the one place that does. */
export async function respond<Schema extends z.ZodType>(
  { schema, body, ack }: Request<Schema>,
  act: (body: z.infer<Schema>, ok: (answer: object) => void) => Promise<void>,
): Promise<void> {
  try {
    await act(parseBody(schema, body), (answer) => ack?.({ ok: true, ...answer }));
  } catch (error) {
    ack?.({ ok: false, error: errorBody(asConveneError(error)) });
  }
}
