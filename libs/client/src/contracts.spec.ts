import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnyContract } from '@convene/contracts/catalogue';
import type { FrameFactsOf } from '@convene/contracts/event';
import type * as frames from '@convene/contracts/frames';
import type * as codes from '@convene/contracts/notification-codes';
import type * as presence from '@convene/contracts/presence';
import type { Role as ContractRole } from '@convene/contracts/role';
import { SERVER_EVENTS } from '@convene/contracts/sockets/server-events';
import type * as generated from './contract-types';
import type { HintHeader, HintName } from './hints';
import type * as own from './notifications';
import type { PresenceState } from './types';

/** The same keys, as optional, and values that go both ways. */
type Same<A, B> = [A, keyof A, Required<A>] extends [B, keyof B, Required<B>]
  ? [B, keyof B, Required<B>] extends [A, keyof A, Required<A>]
    ? true
    : false
  : false;
type SameMap<A, B> = keyof A extends keyof B
  ? keyof B extends keyof A
    ? { [K in keyof A & keyof B]: Same<A[K], B[K]> }[keyof A & keyof B]
    : false
  : false;

/** Compiles only when it is so. */
const holds = <_ extends true>() => undefined;

type ContractFacts = { [Name in HintName]: FrameFactsOf<Extract<AnyContract, { type: Name }>> };
type ContractParams = { [Code in codes.NotificationCode]: codes.NotificationParams<Code> };

it('the types of the package are those of the contracts', () => {
  holds<SameMap<generated.HintFacts, ContractFacts>>();
  holds<SameMap<generated.NotificationParams, ContractParams>>();
  holds<Same<own.NotificationHeader, Omit<frames.NotificationCreatedFrame, 'code' | 'params'>>>();
  holds<Same<own.NotificationUpdate, frames.NotificationUpdatedFrame>>();
  holds<Same<own.Unread, frames.Unread>>();
  holds<Same<generated.Role, ContractRole>>();
  holds<Same<PresenceState, presence.PresenceState>>();
  // @ts-expect-error So that the comparison is known to tell an optional field from none.
  holds<Same<{ a: string }, { a: string; b?: number }>>();
  // @ts-expect-error And a field of another type.
  holds<SameMap<{ x: { a: string } }, { x: { a: string | null } }>>();
});

it('every hint of the contracts has a name and facts in the package', () => {
  const text = readFileSync(join(__dirname, 'contract-types.ts'), 'utf8');
  const known = [...text.matchAll(/^ {2}'([a-z_.]+)': \{/gm)].map(([, name]) => name);
  const hints = SERVER_EVENTS.filter(({ hint }) => hint);
  expect(known.sort()).toEqual(hints.map(({ name }) => name).sort());
  const header: Record<keyof HintHeader, true> = { eventId: true, companyId: true, version: true };
  for (const { example } of hints) expect(Object.keys(example).sort()).toEqual(Object.keys(header).sort());
});
