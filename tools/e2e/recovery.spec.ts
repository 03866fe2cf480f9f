import { TcpProxy } from '@convene/testing/tcp-proxy';
import { createTestVhost } from '@convene/testing/test-vhost';
import { PostgresCluster } from '@convene/tools/fleet/servers/postgres-cluster';
import { commandsIn, runCommand } from '@convene/tools/monitoring/runbook';
import type { UserPairs } from '@convene/tools/simulated-users/user-pairs';
import { RecoverablePostgres } from './test-support/recoverable-postgres';
import { TestSystem, until } from './test-support/test-system';

const SETTLE_MS = 30_000;
const DOCUMENT = 'docs/recovery.md';
const keep = async () => undefined;

async function write(pairs: UserPairs, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) await pairs.write();
  await pairs.settled(SETTLE_MS);
}

/** Every device that has been here before starts again at the head, in an epoch it does not know. */
async function restarted(pairs: UserPairs, epoch: string): Promise<void> {
  await Promise.all(
    pairs.users.map(({ device }) =>
      device.until(() => device.ready?.epoch !== epoch && device.ready, 'a new epoch', SETTLE_MS),
    ),
  );
  for (const { device } of pairs.users) expect(device.ready?.recovered).toBe(false);
}

/** New users, on the system as it is now: rows, seqs and frames are as if nothing had happened. */
async function worksAsEver(system: TestSystem): Promise<void> {
  const pairs = await system.connectPairs(2);
  await write(pairs, 8);
  await system.quiet();
  expect(pairs.faults()).toEqual([]);
  const wrong = await system.rows(`
    SELECT user_id FROM inbox_counters c
    WHERE last_seq <> (SELECT count(*) FROM notifications n WHERE n.recipient_user_id = c.user_id)
    UNION ALL
    SELECT recipient_user_id FROM notifications n WHERE NOT EXISTS (SELECT FROM domain_events e WHERE e.id = n.event_id)`);
  expect(wrong).toEqual([]);
}

const epochOf = (pairs: UserPairs) => String(pairs.users[0]?.device.ready?.epoch);
const heads = (system: TestSystem) =>
  system.rows<{ head: string }>('SELECT sum(last_seq)::text AS head FROM inbox_counters').then(([row]) => row?.head);

it('a restore to a point in time loses what came after it alone, and starts a new epoch that devices notice', async () => {
  const postgres = await RecoverablePostgres.start();
  const { archive: ARCHIVE, backup: BACKUP, data: DATA, url } = postgres;
  const system = await TestSystem.open({ database: { url, drop: keep } });
  try {
    const env = { PATH: `${postgres.bin}:${process.env['PATH']}`, DATABASE_URL: url, ARCHIVE, BACKUP, DATA };
    const pairs = await system.connectPairs(2);
    const epoch = epochOf(pairs);
    await write(pairs, 4);
    for (const command of commandsIn(DOCUMENT, 'back-up')) await runCommand(command, env);
    await write(pairs, 6);
    await system.quiet();
    const kept = await heads(system);
    const [point] = await system.rows<{ now: string }>(
      `SELECT (clock_timestamp() AT TIME ZONE 'UTC')::text || '+00' AS now`,
    );
    await write(pairs, 6);
    await system.quiet();
    expect(await heads(system)).not.toBe(kept);
    await postgres.archived();

    await Promise.all(system.processes.apps.map((app) => app.stop()));
    await postgres.lose();
    const startedAt = performance.now();
    const UNTIL = point?.now;
    for (const command of commandsIn(DOCUMENT, 'restore')) await runCommand(command, { ...env, UNTIL });
    await postgres.startRestored();
    const RABBITMQ_URL = (await createTestVhost()).url;
    await Promise.all(system.processes.apps.map((app) => app.restart({ RABBITMQ_URL })));
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    console.log(`Restored: RTO ${seconds} s, RPO 0 s before the chosen point`);

    expect(await heads(system)).toBe(kept);
    await restarted(pairs, epoch);
    await worksAsEver(system);
  } finally {
    await system.close();
    await postgres.stop();
  }
});

it('a failover that loses commits starts a new epoch while gateways run, and devices come back by themselves', async () => {
  const postgres = await PostgresCluster.start();
  const proxy = await TcpProxy.to(postgres.primaryUrl);
  const system = await TestSystem.open({ database: { url: proxy.url, drop: keep } });
  try {
    const pairs = await system.connectPairs(2);
    const epoch = epochOf(pairs);
    await write(pairs, 4);
    await system.quiet();
    await postgres.partStandbys();
    await write(pairs, 4);
    await system.quiet();
    const before = Number(await heads(system));

    const startedAt = performance.now();
    await postgres.killPrimary();
    await postgres.promote();
    proxy.cut();
    proxy.leadTo(postgres.primaryUrl);
    proxy.restore();
    await restarted(pairs, epoch);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    let after = NaN;
    await until(async () => {
      after = Number(await heads(system).catch(() => NaN));
      return Number.isFinite(after);
    });
    expect(after).toBeLessThan(before);
    console.log(`Failed over: RTO ${seconds} s until devices were back, RPO ${before - after} notifications`);
    await worksAsEver(system);
  } finally {
    await system.close();
    await proxy.close();
    await postgres.stop();
  }
});
