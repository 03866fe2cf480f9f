import type { Cost } from './demand';
import { type Deployed, readDeployed } from './deployed';
import { type Load, parseLoad, sizes } from './load';
import { measured } from './measured';
import { type Plan, planFor } from './plan';
import { leftOf } from './processes';

const deployed: Deployed = {
  processes: [
    { name: 'api-gateway', replicas: 10, maxSurge: '25%', limit: 10 },
    { name: 'ws-gateway', replicas: 20, maxSurge: 1, limit: 5 },
    { name: 'invites-worker', replicas: 10, maxSurge: 1, limit: 10 },
    { name: 'members-worker', replicas: 10, maxSurge: 1, limit: 10 },
    { name: 'notifications-worker', replicas: 10, maxSurge: 1, limit: 10 },
  ],
  pooler: { instances: 2, users: 5, maxClientConn: 800, defaultPoolSize: 20, maxConnections: 300 },
  gateway: { targetConnections: 10_000, maxConnections: 15_000, acceptsPerSecond: 500 },
};
const plan = (change: Partial<Load> = {}, cost: Cost = 'busy', given = deployed) =>
  planFor({ ...parseLoad({}, 'large'), ...change }, given, cost);
const of = (result: Plan, app: string) => result.processes.find((each) => each.app === app)!;

/** All that costs money or time: more work must not lower any of it. */
const costsOf = ({ processes, engines, connections, audience, bottlenecks }: Plan) => ({
  ...Object.fromEntries(processes.map(({ app, count }) => [app, count])),
  ...engines.postgres,
  rabbitmqCores: engines.rabbitmq.coresPerNode,
  ...{ masters: engines.redis.masters, redisGb: engines.redis.memoryGb },
  clients: connections.clients,
  ...audience,
  nearest: 1 / (bottlenecks[0]?.headroom ?? NaN),
});

describe('more work needs no less of anything:', () => {
  const rising: [keyof Load, number[], (keyof ReturnType<typeof costsOf>)[]][] = [
    ['users', [1e6, 1e7, 1e8], ['accountsGb', 'memoryGb']],
    ['online', [0, 10, 2e5, 2e6], ['ws-gateway' as never, 'cores', 'redisGb', 'clients']],
    ['devices', [1, 2, 10], ['ws-gateway' as never, 'redisGb']],
    ['eventsPerUserHour', [0, 2, 20, 200], ['api-gateway' as never, 'cores', 'walGbPerMonth', 'rabbitmqCores']],
    ['readsPerUserHour', [0, 20, 2_000], ['api-gateway' as never, 'cores']],
    ['recipients', [1, 5, 100], ['cores', 'storageGbPerMonth', 'walGbPerMonth']],
    ['companyOnline', [0, 1_000, 100_000], ['ws-gateway' as never]],
    ['busyHours', [1, 8, 24], ['storageGbPerMonth', 'walGbPerMonth']],
    ['peak', [1, 4, 50], ['api-gateway' as never, 'walMbPerSecond']],
    ['audience', [1, 501, 1e6], ['chunks', 'seconds', 'walMb']],
  ];
  it.each(rising)('%s', (key, values, grow) => {
    const costs = values.map((value) => costsOf(plan({ [key]: value })) as Record<string, number>);
    for (const [index, after] of costs.slice(1).entries()) {
      const before = costs[index] as Record<string, number>;
      const lower = Object.keys(after).filter((name) => (after[name] ?? NaN) < (before[name] ?? NaN) * (1 - 1e-9));
      expect(lower).toEqual([]);
    }
    const [first, last] = [costs[0] as Record<string, number>, costs.at(-1) as Record<string, number>];
    for (const name of grow) expect([name, (last[name] ?? NaN) > (first[name] ?? NaN)]).toEqual([name, true]);
  });

  it('and less with a higher utilisation or faster cores', () => {
    for (const change of [{ utilisation: 0.8 }, { coreSpeed: 4 }]) {
      // Of ten zones: with few, the reserve decides and not the target.
      const load = { eventsPerUserHour: 600, zones: 10 };
      const [busy, light] = [plan(load), plan({ ...load, ...change })];
      expect(of(light, 'api-gateway').count).toBeLessThan(of(busy, 'api-gateway').count);
      expect(light.engines.postgres.cores).toBeLessThan(busy.engines.postgres.cores);
    }
  });

  it('and more when no event shares its statements with another', () => {
    const [busy, calm] = [plan({ eventsPerUserHour: 60 }), plan({ eventsPerUserHour: 60 }, 'calm')];
    for (const [index, { count }] of calm.processes.entries())
      expect(count).toBeGreaterThanOrEqual(busy.processes[index]?.count ?? NaN);
    expect(calm.engines.postgres.cores).toBeGreaterThan(busy.engines.postgres.cores);
  });
});

describe('units', () => {
  it('of CPU: 3,600 events of one user an hour keep a core busy for what the bench measured', () => {
    const { demand } = plan({
      online: 1_000,
      eventsPerUserHour: 3_600,
      readsPerUserHour: 0,
      peak: 1,
      companyOnline: 0,
    });
    expect(demand.events).toBe(1_000);
    expect(demand.apps['api-gateway']).toBeCloseTo(measured.event.busy.api.value, 6);
  });

  it('of storage: a month of the busy hours, at the mean and not at the peak', () => {
    const load = { online: 1_000, eventsPerUserHour: 3.6, busyHours: 10 };
    const { postgres } = plan({ ...load, peak: 1 }).engines;
    // One event a second for 30 days of 10 hours: an event, a ledger row and a notification each.
    expect(postgres.rowsPerMonth).toBeCloseTo(30 * 10 * 3_600 * 3, 3);
    const { event, ledger, notification } = measured.storedBytes;
    const bytes = event.value + ledger.value + notification.value;
    expect(postgres.storageGbPerMonth).toBeCloseTo((30 * 10 * 3_600 * bytes) / 1e9, 6);
    expect(plan({ ...load, peak: 10 }).engines.postgres.storageGbPerMonth).toBeCloseTo(postgres.storageGbPerMonth, 6);
  });

  it('of an audience: a chunk begun is a chunk', () => {
    expect([1, 500, 501, 1e6].map((audience) => plan({ audience }).audience.chunks)).toEqual([1, 1, 2, 2_000]);
  });
});

describe('the reserve', () => {
  const heavy = { online: 900_000, eventsPerUserHour: 40 };

  it.each([2, 3, 5])('carries everything when one of %d zones has failed', (zones) => {
    for (const { app, count, utilisation, afterFailure, connections } of plan({ ...heavy, zones }).processes) {
      expect(count % zones).toBe(0);
      expect([app, utilisation <= 0.6, afterFailure <= 0.85]).toEqual([app, true, true]);
      expect((connections * count) / leftOf(zones, count)).toBeLessThanOrEqual(15_000);
    }
  });

  it('is one process when there is one zone', () => {
    for (const { app, count, afterFailure } of plan({ ...heavy, zones: 1 }).processes)
      expect([app, count >= 2, afterFailure <= 0.85]).toEqual([app, true, true]);
    expect(of(plan({ online: 0, zones: 1 }), 'invites-worker').count).toBe(2);
  });

  it('needs fewer processes the more zones there are', () => {
    const total = (zones: number) => plan({ ...heavy, zones }).processes.reduce((sum, { count }) => sum + count, 0);
    expect(total(6)).toBeLessThan(total(2));
  });
});

describe('the first bottleneck', () => {
  const first = (change: Partial<Load>, given = deployed) => plan(change, 'busy', given).bottlenecks[0]?.of;
  const roomy = { ...deployed, pooler: { ...deployed.pooler, maxClientConn: 1e6 } };

  it('is the deployed PgBouncer when many gateways hold idle connections', () => {
    expect(first({ online: 900_000, eventsPerUserHour: 0 })).toBe('connections to one PgBouncer, as deployed');
  });

  it('is the primary when that limit is raised, because connections are compared with it', () => {
    expect(first({ online: 900_000, eventsPerUserHour: 0 }, roomy)).toBe('CPU of the PostgreSQL primary');
  });

  it('is a queue when few users cause many events', () => {
    expect(first({ online: 1_000, eventsPerUserHour: 5_000, readsPerUserHour: 0 }, roomy)).toBe(
      'the busiest queue of RabbitMQ',
    );
  });

  it('has a headroom of one where its limit is reached', () => {
    const load = { online: 1_000, eventsPerUserHour: 5_000, readsPerUserHour: 0 };
    const [nearest] = plan(load, 'busy', roomy).bottlenecks;
    const times = nearest?.headroom ?? NaN;
    const [reached] = plan({ ...load, eventsPerUserHour: 5_000 * times }, 'busy', roomy).bottlenecks;
    expect(reached).toMatchObject({ of: nearest?.of, headroom: expect.closeTo(1, 6) as number });
  });
});

describe('clients that come back', () => {
  const only = (online: number) => {
    const result = plan({ online: 2 * online, eventsPerUserHour: 0, readsPerUserHour: 0, zones: 1 }, 'busy', {
      ...deployed,
      gateway: { ...deployed.gateway, targetConnections: online, maxConnections: 2 * online },
    });
    return result.storms[0]!;
  };

  it.each([
    [15_000, 30],
    [2_000, 5.85],
  ])('are back as measured with %d clients of one gateway, which took %d s', (clients, seconds) => {
    expect(only(clients).clients).toBe(clients);
    expect(Math.abs(only(clients).seconds / seconds - 1)).toBeLessThan(0.2);
  });

  it('take longer after the loss of a zone than of a gateway, and with slower cores', () => {
    const [gateway, zone] = plan({ online: 900_000 }).storms;
    expect(zone!.seconds).toBeGreaterThan(gateway!.seconds);
    expect(plan({ online: 900_000, coreSpeed: 0.5 }).storms[1]!.seconds).toBeGreaterThan(zone!.seconds);
  });

  it('are none when nobody is online', () => {
    expect(plan({ online: 0 }).storms.map(({ clients, seconds }) => [clients, seconds])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});

it('names the sum of the connections that the deployment does not take', () => {
  expect(plan({ online: 5_000_000, users: 5_000_000 }).connections.faults).toEqual([
    expect.stringMatching(/The processes open \d+ connections \(api-gateway .*max_client_conn is 800/),
  ]);
});

it('plans each named size on the manifests of production', () => {
  const production = readDeployed();
  for (const name of Object.keys(sizes)) {
    const { processes } = planFor(parseLoad({}, name), production, 'calm');
    expect(processes.filter(({ deployedMost }) => deployedMost < 1)).toEqual([]);
  }
});
