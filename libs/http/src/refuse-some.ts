import { ConveneError } from '@convene/contracts/errors';
import type { LoadShedding } from '@convene/observability/overload/load-shedding';

/** Refuses a share of the callers while the process is overloaded. @throws ConveneError OVERLOADED, with when to come back. */
export function refuseSome(shedding: Pick<LoadShedding, 'refusal'>): void {
  const refusal = shedding.refusal();
  if (refusal) throw new ConveneError('OVERLOADED', undefined, refusal);
}
