import { asConveneError, errorBody } from '../errors/as-convene-error';
import { connectionsRefused } from '../metrics';

/** What a client finds in `connect_error`: `data` is shaped like every other error of ours. */
export function refusal(error: unknown) {
  const known = asConveneError(error);
  connectionsRefused.inc({ code: known.code });
  return Object.assign(new Error(known.message), { data: errorBody(known) });
}
