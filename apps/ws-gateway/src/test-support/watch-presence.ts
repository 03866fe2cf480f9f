import type { PersonPresence, PresenceState } from '@convene/contracts/presence';
import type { TestUser } from '@convene/testing/inbox-rows';
import type { TestClient } from './test-client';

/** What a watcher was told of a person, in order. */
export function statesReceived(watcher: TestClient, { id }: TestUser): PresenceState[] {
  return watcher
    .framesOf('presence.changed')
    .flatMap(({ people }) => people as PersonPresence[])
    .flatMap(({ userId, state }) => (userId === id ? state : []));
}

/** Waits until the last that a watcher was told of a person is this. */
export async function untilState(watcher: TestClient, user: TestUser, state: PresenceState): Promise<void> {
  await watcher.first('presence.changed', () => statesReceived(watcher, user).at(-1) === state);
}

/** Watches, and gives who is there by user. @throws Error with the code when it was refused. */
export async function watch(watcher: TestClient, companyId: string): Promise<Record<string, PresenceState>> {
  const answer = await watcher.ask<{ people: PersonPresence[]; complete: boolean }>('presence.watch', { companyId });
  if (!answer.ok) throw new Error(answer.error.code);
  return Object.fromEntries(answer.people.map(({ userId, state }) => [userId, state]));
}
