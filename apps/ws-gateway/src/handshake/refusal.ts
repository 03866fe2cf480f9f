import { asConveneError, errorBody } from '../errors/as-convene-error';
import { connectionsRefused } from '../metrics';

/** The error of a `connect_error`: `data` has the shape of all other errors. */
export function refusal(error: unknown) {
  const known = asConveneError(error);
  connectionsRefused.inc({ code: known.code });
  return Object.assign(new Error(known.message), { data: errorBody(known) });
}
