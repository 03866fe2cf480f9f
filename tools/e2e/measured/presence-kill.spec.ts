import type { Socket } from 'socket.io-client';
import type { PersonPresence, PresenceState } from '@convene/contracts/presence';
import type { TestPerson } from '@convene/testing/inbox-rows';
import { SocketFleet } from '@convene/tools/e2e/test-support/socket-fleet';
import { until } from '@convene/tools/e2e/test-support/test-system';

const LEASE_MS = 6_000;

/** A watcher, with every state that it received, in order, with its time. */
async function watch(watcher: Socket, companyId: string) {
  const received: { userId: string; state: PresenceState; at: number }[] = [];
  const note = (people: PersonPresence[]) => received.push(...people.map((person) => ({ ...person, at: Date.now() })));
  watcher.on('presence.changed', ({ people }: { people: PersonPresence[] }) => note(people));
  note(((await watcher.emitWithAck('presence.watch', { companyId })) as { people: PersonPresence[] }).people);
  const entries = ({ id }: TestPerson) => received.filter(({ userId }) => userId === id);
  return {
    of: (user: TestPerson) => entries(user).map(({ state }) => state),
    lastAt: (user: TestPerson) => entries(user).at(-1)?.at ?? Infinity,
  };
}

const so = (look: () => boolean) => until(() => Promise.resolve(look()));

/** The killed gateway publishes nothing; the watchers see its users offline within the lease. */
it('presence recovers after kill -9 of a gateway, and users who moved to another stay online', async () => {
  await SocketFleet.with({ gateways: 2, env: { PRESENCE_LEASE_MS: String(LEASE_MS) } }, async (fleet) => {
    const [ana, bo, cy] = (await fleet.rows.users(3)) as [TestPerson, TestPerson, TestPerson];
    const companyId = await fleet.rows.company(ana, bo, cy);
    const seen = await watch((await fleet.socket(ana, 1)).socket, companyId);
    for (const user of [bo, cy]) await fleet.socket(user, 2);
    await so(() => [bo, cy].every((user) => seen.of(user).at(-1) === 'ONLINE'));

    await fleet.gateway(2).kill();
    const killedAt = Date.now();
    await fleet.socket(cy, 1);
    await so(() => seen.of(bo).at(-1) === 'OFFLINE');
    const tookMs = seen.lastAt(bo) - killedAt;
    process.stdout.write(`kill -9: OFFLINE after ${tookMs} ms, with a lease of ${LEASE_MS} ms\n`);
    expect(tookMs).toBeLessThan(LEASE_MS + 1_000);
    expect(seen.of(bo)).toEqual(['ONLINE', 'OFFLINE']);
    // By then whatever the dead gateway had said of the other has lapsed, too, and would have been told.
    await so(() => Date.now() > killedAt + LEASE_MS + 1_500);
    expect(seen.of(cy)).toEqual(['ONLINE']);
  });
});
