import type { NotificationCreatedFrame } from '@convene/contracts/frames';
import { Device } from '../../simulated-users/device';
import type { PersistentCaller } from '../../simulated-users/persistent-caller';

/** A notification as the workload knows it: `MESSAGE notice 17`, `INVITE_RECEIVED <invite id>`. */
export type NotificationKey = string;

/**
 * Of the parameters, the one that tells notifications of one code apart. People who come and go have another name each time: were
 * they known by their id, a joining that is lost in one round and one that is doubled in another would seem to be right.
 */
const REFERENCES = ['text', 'inviteId', 'friendshipId', 'userName'];

export function keyOf(code: string, params: Readonly<Record<string, unknown>>): NotificationKey {
  const reference = REFERENCES.find((name) => typeof params[name] === 'string');
  return `${code} ${reference ? String(params[reference]) : ''}`;
}

export const keyOfFrame = ({ code, params }: NotificationCreatedFrame): NotificationKey => keyOf(code, params);

/** A simulated user, and what the user must be notified of: a record that does not come from the system under test. */
export class Person {
  /** For each key the moments (`Date.now()`) at which an operation was accepted that notifies of it, in order. */
  readonly expected = new Map<NotificationKey, number[]>();
  expectedTotal = 0;

  constructor(
    readonly id: string,
    readonly email: string,
    readonly calls: PersistentCaller,
    readonly device: Device,
  ) {}

  /** An operation was accepted that this user must be notified of, once. */
  expect(code: string, reference: string): void {
    const key: NotificationKey = `${code} ${reference}`;
    const moments = this.expected.get(key);
    if (moments) moments.push(Date.now());
    else this.expected.set(key, [Date.now()]);
    this.expectedTotal += 1;
  }
}
