import type { PersonPresence, PresenceState } from '@convene/contracts/presence';
import type { TestUser } from '@convene/testing/inbox-rows';
import type { TestClient } from './test-client';

/** The states of a user that a watcher received, in order. */
export function statesReceived(watcher: TestClient, { id }: TestUser): PresenceState[] {
  return watcher
    .framesOf('presence.changed')
    .flatMap(({ people }) => people as PersonPresence[])
    .flatMap(({ userId, state }) => (userId === id ? state : []));
}

/** Waits until the last state received of a user is this one. */
export async function untilState(watcher: TestClient, user: TestUser, state: PresenceState): Promise<void> {
  await watcher.first('presence.changed', () => statesReceived(watcher, user).at(-1) === state);
}

/** Watches a company. @returns the current states by user. @throws Error with the code of a refusal. */
export async function watch(watcher: TestClient, companyId: string): Promise<Record<string, PresenceState>> {
  const answer = await watcher.ask<{ people: PersonPresence[]; complete: boolean }>('presence.watch', { companyId });
  if (!answer.ok) throw new Error(answer.error.code);
  return Object.fromEntries(answer.people.map(({ userId, state }) => [userId, state]));
}
