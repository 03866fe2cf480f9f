import type { RateClass } from '@convene/contracts/http/route';
import type { Budget } from '@convene/rate-limits/budget';

/**
 * Whose calls a budget counts: the caller's, those of the account that the call names, of the network address, of account
 * and address together, or of a device that is known to the account.
 */
export type CountedBy = 'caller' | 'account' | 'address' | 'account+address' | 'device';

export interface Policy {
  readonly budget: Budget;
  readonly by: CountedBy;
}

export type Limited = Exclude<RateClass, 'none'>;

const policy = (name: string, by: CountedBy, points: number, seconds: number): Policy => ({
  budget: { name, points, seconds },
  by,
});

const MINUTE = 60;
const QUARTER = 15 * MINUTE;
const HOUR = 60 * MINUTE;

const READ = policy('read', 'caller', 600, MINUTE);
const WRITE = policy('write', 'caller', 120, MINUTE);

/**
 * Counted in lots (`BatchedRateLimiter`), without a round trip to Redis: these two guard against load. Where each call counts
 * (guessed passwords and links, mails, searches for people), calls are counted one by one.
 */
export const IN_LOTS: Partial<Record<Limited, Policy>> = { read: READ, write: WRITE };

/**
 * A call must fit into every budget of its class. They are checked in order, and a call that one of them refuses takes
 * nothing from any: so the widest budget, that of the address, comes first, and calls of one address beyond it never
 * use up the budget of an account. `caller` is the network address for calls without a login; a call that names no
 * account is not counted by account.
 */
export const POLICIES: Record<Limited, readonly Policy[]> = {
  read: [READ],
  write: [WRITE],
  search: [policy('search', 'caller', 60, MINUTE)],
  login: [
    policy('login-address', 'address', 200, QUARTER),
    policy('login', 'account+address', 10, QUARTER),
    policy('login-account', 'account', 100, QUARTER),
  ],
  refresh: [policy('refresh-address', 'address', 1_000, QUARTER), policy('refresh', 'account', 30, MINUTE)],
  signup: [
    policy('signup-address', 'address', 50, HOUR),
    policy('signup', 'account+address', 5, HOUR),
    policy('signup-account', 'account', 20, HOUR),
  ],
  mail: [
    policy('mail-address', 'address', 50, HOUR),
    policy('mail', 'account+address', 5, HOUR),
    policy('mail-account', 'account', 20, HOUR),
  ],
  invite: [policy('invite-address', 'address', 2_000, HOUR), policy('invite', 'caller', 500, HOUR)],
  message: [policy('message', 'caller', 30, MINUTE)],
};

/**
 * In place of those above for a device that is known to the account (`KnownDevices`): strangers, however many addresses
 * they have, cannot use these up.
 */
export const DEVICE_POLICIES: Partial<Record<Limited, readonly Policy[]>> = {
  login: [policy('login-device-address', 'address', 200, QUARTER), policy('login-device', 'device', 10, QUARTER)],
  mail: [policy('mail-device-address', 'address', 50, HOUR), policy('mail-device', 'device', 5, HOUR)],
};

/** In place of those above for a call that does not have the shape of its contract, and so does nothing. */
export const MALFORMED: readonly Policy[] = [policy('malformed', 'address', 300, MINUTE)];
