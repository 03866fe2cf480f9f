import type { RateClass } from '@convene/contracts/http/route';
import type { Budget } from '@convene/rate-limits/budget';

/** Whose calls a budget counts: the caller's, those of the account the body names, of the network address, or of both. */
export type CountedBy = 'caller' | 'account' | 'address' | 'account+address';

export interface Policy {
  readonly budget: Budget;
  readonly by: CountedBy;
}

const policy = (name: string, by: CountedBy, points: number, seconds: number): Policy => ({
  budget: { name, points, seconds },
  by,
});

const MINUTE = 60;
const QUARTER = 15 * MINUTE;
const HOUR = 60 * MINUTE;

/**
 * A call must fit into every budget of its class. Guessing one account's password is held by the pair of account and
 * address, so that a stranger's guesses do not lock its owner out; and by the account, against many addresses.
 * `caller` is the network address where nobody is logged in.
 */
export const POLICIES: Record<Exclude<RateClass, 'none'>, readonly Policy[]> = {
  read: [policy('read', 'caller', 600, MINUTE)],
  write: [policy('write', 'caller', 120, MINUTE)],
  search: [policy('search', 'caller', 60, MINUTE)],
  login: [
    policy('login', 'account+address', 10, QUARTER),
    policy('login-account', 'account', 100, QUARTER),
    policy('login-address', 'address', 200, QUARTER),
  ],
  refresh: [policy('refresh', 'account', 30, MINUTE), policy('refresh-address', 'address', 1_000, QUARTER)],
  signup: [policy('signup', 'account', 5, HOUR), policy('signup-address', 'address', 50, HOUR)],
  mail: [policy('mail', 'account', 5, HOUR), policy('mail-address', 'address', 50, HOUR)],
  invite: [policy('invite', 'caller', 500, HOUR), policy('invite-address', 'address', 2_000, HOUR)],
  message: [policy('message', 'caller', 30, MINUTE)],
};
