import { ConveneError } from '@convene/contracts/errors';
import type { EmailCheck } from '@convene/email-check/email-check';

/** @throws ConveneError EMAIL_UNDELIVERABLE; what cannot be found out is let pass */
export async function requireDeliverable(check: EmailCheck, email: string): Promise<void> {
  if ((await check.check(email)) === 'undeliverable') throw new ConveneError('EMAIL_UNDELIVERABLE');
}
