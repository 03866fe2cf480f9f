import { ConveneError } from '@convene/contracts/errors';

/** An address is mailed again only after a pause. */
export function tooSoon(retryAfterMs: number): ConveneError {
  const seconds = Math.ceil(retryAfterMs / 1000);
  return new ConveneError('RATE_LIMITED', `The address has just been sent an invitation; try again in ${seconds} s`, {
    retryAfterMs,
  });
}
