import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { findProgram } from '@convene/testing/find-program';
import { freePort } from '@convene/testing/ports';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { createTestRedis } from '@convene/testing/test-redis';
import { createTestVhost } from '@convene/testing/test-vhost';
import { alertRules, runbooks } from '@convene/tools/monitoring/alert-rules';
import { DASHBOARDS, expressionsOf } from '@convene/tools/monitoring/dashboards/all';
import { declaredMetrics } from '@convene/tools/monitoring/declared-metrics';
import { prometheusPrograms } from '@convene/tools/monitoring/prometheus-programs';
import { PrometheusServer } from '@convene/tools/monitoring/prometheus-server';
import { commandsOf, runCommand } from '@convene/tools/monitoring/runbook';
import { TestSystem, until } from './test-support/test-system';

const programs = prometheusPrograms();
const hasPrograms = programs && findProgram('psql') && findProgram('curl');
const rules = [...alertRules().values()].flat();

/** Depend on how busy the machine of the test is, not on the system. */
const OF_THE_MACHINE = ['EventLoopLagging', 'MemoryNearLimit', 'HttpSlow', 'FramesLate'];
const AT_ONCE = 4;

/**
 * Each test causes the fault that an alert is for, sees its expression hold, follows the commands of its runbook, and sees
 * the expression end. Alerts are seen by a Prometheus that scrapes every second.
 */
(hasPrograms ? describe : describe.skip)('a runbook, followed on a running system,', () => {
  let rabbitmq: TcpProxy;
  let redis: TcpProxy;
  let system: TestSystem;
  let prometheus: PrometheusServer;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    rabbitmq = await TcpProxy.to((await createTestVhost()).url);
    redis = await TcpProxy.to((await createTestRedis()).url);
    const [OPS_SECRET, OPS_PORT] = ['spec'.repeat(8), String(await freePort())];
    const urls = { rabbitmqUrl: rabbitmq.url, redisUrl: redis.url };
    system = await TestSystem.open({ ...urls, env: { OPS_SECRET, OPS_PORT } });
    const address = (app: string) => new URL(system.processes.app(app).internalUrl).host;
    const targets = system.processes.apps.map(({ name }) => [name, [address(name)]] as const);
    if (!programs) throw new Error('unreachable: the suite is skipped without the programs');
    prometheus = await PrometheusServer.start(programs, new Map(targets));
    env = {
      PATH: `${dirname(programs.promtool)}:${process.env['PATH']}`,
      HOME: process.env['HOME'],
      OPS_URL: `http://127.0.0.1:${OPS_PORT}`,
      OPS_SECRET,
      DATABASE_URL: system.databaseUrl,
      PROMETHEUS: prometheus.url,
      API: address('api-gateway'),
      WS: address('ws-gateway'),
      INVITES: address('invites-worker'),
      MEMBERS: address('members-worker'),
      NOTIFICATIONS: address('notifications-worker'),
    };
    const pairs = await system.connectPairs(3);
    for (let n = 0; n < 12; n++) await pairs.write();
    await login();
    await system.quiet();
  }, 120_000);

  afterAll(async () => {
    await system.close();
    await prometheus.stop();
    await rabbitmq.close();
    await redis.close();
  });

  const login = () =>
    fetch(`${system.processes.app('api-gateway').url}/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'nobody@example.com', password: 'a long password indeed' }),
    });
  const expressionOf = (alert: string) => rules.find((rule) => rule.alert === alert)?.expr ?? '';
  const holds = async (alert: string) => (await prometheus.query(expressionOf(alert))).length > 0;
  const begins = (alert: string) => until(() => holds(alert));
  const ends = (alert: string) => until(async () => !(await holds(alert)));
  const followed = new Set<string>();
  const follow = async (alert: string, kind: 'look' | 'mend') => {
    followed.add(`${kind} ${alert}`);
    for (const command of commandsOf(alert, kind)) await runCommand(command, env);
  };

  it('finds every declared metric exposed by a running process, and no alert on a calm system', async () => {
    const scraped = await prometheus.query('count by (__name__) ({job=~".+"})');
    const exposed = new Set(scraped.map(({ metric }) => metric['__name__']));
    const pages = await Promise.all(
      system.processes.apps.map(async ({ internalUrl }) => (await fetch(`${internalUrl}/metrics`)).text()),
    );
    const isTyped = (name: string) => pages.some((page) => page.includes(`# TYPE ${name} `));
    const missing = [...declaredMetrics().keys()].filter((name) => !exposed.has(name) && !isTyped(name));
    expect(missing).toEqual([]);
    for (const { alert } of rules.filter((rule) => !OF_THE_MACHINE.includes(rule.alert))) await ends(alert);
  });

  it('finds data for every query of the dashboards', async () => {
    const expressions = DASHBOARDS.flatMap(expressionsOf);
    expect(expressions.length).toBeGreaterThan(40);
    const isEmpty = async (expression: string) => (await prometheus.query(expression)).length === 0;
    let empty = expressions;
    for (const deadline = Date.now() + 15_000; empty.length > 0 && Date.now() < deadline; await wait(500)) {
      const found = await Promise.all(empty.map(isEmpty));
      empty = empty.filter((_, index) => found[index]);
    }
    expect(empty).toEqual([]);
  });

  it('contains no command that fails, in all runbooks', async () => {
    const kinds = ['look', 'mend'] as const;
    const commands = [...new Set(runbooks().flatMap((alert) => kinds.flatMap((kind) => commandsOf(alert, kind))))];
    expect(commands.length).toBeGreaterThan(50);
    const next = commands.values();
    const run = async () => {
      for (const command of next) await runCommand(command, env);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, run));
  });

  it('frees the outbox from a transaction that was left open', async () => {
    const forgotten = new Client({ connectionString: system.databaseUrl });
    forgotten.on('error', () => undefined);
    await forgotten.connect();
    const [event] = await system.rows<{ id: string }>(`UPDATE domain_events
      SET published_at = NULL, claimed_until = now() + interval '2 seconds', occurred_at = now() - interval '5 minutes'
      WHERE id = (SELECT id FROM domain_events ORDER BY id DESC LIMIT 1) RETURNING id`);
    await forgotten.query('BEGIN');
    await forgotten.query('SELECT FROM domain_events WHERE id = $1 FOR UPDATE', [event?.id]);
    await begins('OutboxLagging');
    // The runbook spares a transaction that has been idle for less than 5 s.
    await wait(5_000);
    await follow('OutboxLagging', 'mend');
    await ends('OutboxLagging');
    await forgotten.end().catch(() => undefined);
  });

  const die = (age: string) =>
    system.rows<{ event_id: string }>(`UPDATE inbox SET state = 'dead', created_at = now() - interval '${age}'
      WHERE (event_id, reaction) = (SELECT event_id, reaction FROM inbox WHERE state = 'done' LIMIT 1) RETURNING event_id`);

  it('runs dead reactions again', async () => {
    const [dead] = await die('1 hour');
    // A dead reaction has written nothing.
    await system.rows('DELETE FROM notifications WHERE event_id = $1', [dead?.event_id]);
    await begins('DeadReactions');
    await follow('DeadReactions', 'mend');
    await ends('DeadReactions');
    await system.quiet();
    const again = await system.rows(`SELECT FROM inbox WHERE event_id = $1 AND state = 'done'`, [dead?.event_id]);
    expect(again.length).toBeGreaterThan(0);
  });

  it('discards dead reactions that are old', async () => {
    await die('2 days');
    await begins('DeadReactionsOld');
    await follow('DeadReactionsOld', 'mend');
    await ends('DeadReactionsOld');
  });

  it('makes partitions that are missing', async () => {
    const [next] = await system.rows<{ name: string }>(
      `SELECT to_char(now() AT TIME ZONE 'UTC' + interval '1 month', '"notifications"_YYYY_MM') AS name`,
    );
    await system.rows(`DROP TABLE ${next?.name}`);
    await begins('PartitionsRunningOut');
    await follow('PartitionsRunningOut', 'mend');
    await ends('PartitionsRunningOut');
  });

  it('makes a job due whose time was moved', async () => {
    await system.rows(`UPDATE jobs SET last_success_at = now() - interval '2 days', next_run_at = now() + interval '1 day'
      WHERE name = 'expire-invites'`);
    await begins('JobNotSucceeding');
    await follow('JobNotSucceeding', 'mend');
    await ends('JobNotSucceeding');
  });

  it('makes a job due that has never succeeded', async () => {
    await system.rows(`UPDATE jobs SET last_success_at = NULL, next_run_at = now() + interval '1 day'
      WHERE name = 'expire-invites'`);
    // A process remembers the successes that it has seen.
    await system.processes.app('invites-worker').restart();
    await begins('JobNeverSucceeded');
    await follow('JobNeverSucceeded', 'mend');
    await ends('JobNeverSucceeded');
  });

  it('ends the transaction that callers of the database wait for', async () => {
    const blocker = new Client({ connectionString: system.databaseUrl });
    blocker.on('error', () => undefined);
    await blocker.connect();
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE users');
    const logins = Promise.allSettled(Array.from({ length: 60 }, login));
    await begins('DatabasePoolExhausted');
    await follow('DatabasePoolExhausted', 'mend');
    await ends('DatabasePoolExhausted');
    await logins;
    await blocker.end().catch(() => undefined);
  });

  it.each(['RabbitmqDown', 'RedisDown'])('sees %s, looks, and needs nothing once the server is back', async (alert) => {
    const server = alert === 'RedisDown' ? redis : rabbitmq;
    server.cut();
    await begins(alert);
    if (alert === 'RedisDown') await begins('DependencyDown');
    await follow(alert, 'look');
    server.restore();
    await ends(alert);
    await ends('DependencyDown');
  });

  it('notices an app that is gone, and its return', async () => {
    await system.processes.app('members-worker').kill();
    await Promise.all([begins('InstanceDown'), begins('AppMissing')]);
    await follow('AppMissing', 'look');
    await follow('InstanceDown', 'look');
    await system.processes.app('members-worker').restart();
    await Promise.all([ends('InstanceDown'), ends('AppMissing')]);
  });

  it('follows each repair after its fault', () => {
    const repairs = runbooks().filter((alert) => commandsOf(alert, 'mend').length > 0);
    expect(repairs.filter((alert) => !followed.has(`mend ${alert}`))).toEqual([]);
  });
});
