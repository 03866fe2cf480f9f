import type { ConveneError } from '@convene/contracts/errors';
import type { Env } from '../env';
import { Admission } from './admission';

it('a handshake that would wait too long is refused with the time to retry', async () => {
  const admission = new Admission({ WS_ACCEPTS_PER_SECOND: 100 } as Env);
  const turns = Array.from({ length: 1_100 }, () => admission.turn());
  await Promise.all(turns.slice(0, 15));
  const error = await turns.at(-1)!.catch((thrown: unknown) => thrown as ConveneError);
  expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  expect((error as ConveneError).retryAfterMs).toBeGreaterThan(3_000);
  for (const turn of turns) turn.catch(() => undefined);
});
