import { findEvent } from '@convene/contracts/catalogue';
import { ERASED } from '@convene/contracts/erased';
import type { DeletedAccounts } from '@convene/erasure/deleted-accounts';
import type { AnyEvent } from '../wire';
import type { Middleware } from './pipeline';
import type { Attempt } from './reaction';

/**
 * An account named in an event may be deleted while the event waits in a queue. The erasure has removed the name from all
 * rows by then, and the reaction must not write it again.
 */
export function forgetErased(accounts: DeletedAccounts): Middleware<Attempt> {
  return async (attempt, next) => {
    attempt.event = await withoutErased(accounts, attempt.event);
    await next();
  };
}

async function withoutErased(accounts: DeletedAccounts, event: AnyEvent): Promise<AnyEvent> {
  const names = Object.entries(findEvent(event.type)?.names ?? {});
  if (names.length === 0) return event;
  const payload = event.payload as Record<string, unknown>;
  const people = names.map(([, whose]) => payload[whose]).filter((id) => typeof id === 'string');
  const deleted = await accounts.among(people);
  if (deleted.size === 0) return event;
  const gone = names.filter(([, whose]) => deleted.has(payload[whose] as string));
  return { ...event, payload: { ...payload, ...Object.fromEntries(gone.map(([field]) => [field, ERASED])) } };
}
