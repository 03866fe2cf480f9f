import { markdownTable } from '../dev/markdown-table';
import { type Load, options } from './load';
import { type Figure, measured } from './measured';
import type { Plan } from './plan';

const MEASURED = 'measured';
const EXTRAPOLATED = 'extrapolated';
const ASSUMED = 'assumed';

/** Three digits at least, with separators. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '∞';
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
const table = (head: string[], rows: readonly string[][]) => markdownTable([head, ...rows]);

/** As Markdown, readable as it is. @param level of its headings. */
export function reportOf(load: Load, busy: Plan, calm: Plan, level = '##'): string {
  const title = (text: string) => `${level} ${text}`;
  return [
    flowsOf(load, busy),
    title('Processes'),
    processesOf(busy, calm),
    title('Servers'),
    serversOf(busy, calm),
    title('Connections to PostgreSQL'),
    connectionsOf(busy),
    title('First bottlenecks'),
    bottlenecksOf(busy, calm),
    title('Clients that all come back'),
    stormsOf(busy, calm),
    title(`One message to ${short(busy.audience.members)} members`),
    audienceOf(busy),
  ].join('\n\n');
}

/** The options that this load amounts to. */
function flowsOf(load: Load, { demand }: Plan): string {
  const given = Object.entries(options).map(([name, { key }]) => `--${name} ${load[key]}`);
  return [
    `\`${given.join(' ')}\``,
    `At the peak: ${short(demand.connections)} connections, ${short(demand.events)} events a second, ` +
      `${short(demand.reads)} reads a second, ${short(demand.deliveries)} frames to sockets a second.`,
  ].join('\n\n');
}

function processesOf(busy: Plan, calm: Plan): string {
  const rows = busy.processes.map((each, index) => [
    each.app,
    short(each.count),
    short(calm.processes[index]?.count ?? NaN),
    each.reason,
    percent(each.utilisation),
    percent(each.afterFailure),
    short(Math.ceil(each.memoryMb)),
    each.count > each.deployedMost ? `${each.deployedMost}: raise it` : short(each.deployedMost),
    EXTRAPOLATED,
  ]);
  return table(
    ['process', 'count', 'calm', 'because of', 'of a core', 'zone lost', 'MB each', 'deployed at most', 'how'],
    rows,
  );
}

function serversOf(busy: Plan, calm: Plan): string {
  const [{ postgres, rabbitmq, redis }, most] = [busy.engines, calm.engines];
  const row = (server: string, unit: string, value: number, worst: number, how: string) => [
    server,
    unit,
    short(value),
    short(worst),
    how,
  ];
  return table(
    ['server', 'unit', 'needed', 'calm', 'how'],
    [
      row('PostgreSQL primary, and each standby', 'cores', postgres.cores, most.postgres.cores, EXTRAPOLATED),
      row('PostgreSQL', 'GB of memory', postgres.memoryGb, most.postgres.memoryGb, ASSUMED),
      row(
        'PostgreSQL',
        'million rows / month',
        postgres.rowsPerMonth / 1e6,
        most.postgres.rowsPerMonth / 1e6,
        EXTRAPOLATED,
      ),
      row('PostgreSQL', 'GB / month', postgres.storageGbPerMonth, most.postgres.storageGbPerMonth, EXTRAPOLATED),
      row('PostgreSQL, accounts', 'GB', postgres.accountsGb, most.postgres.accountsGb, ASSUMED),
      row('PostgreSQL', 'GB of WAL / month', postgres.walGbPerMonth, most.postgres.walGbPerMonth, EXTRAPOLATED),
      row(
        'PostgreSQL, at the peak',
        'MB of WAL / s',
        postgres.walMbPerSecond,
        most.postgres.walMbPerSecond,
        EXTRAPOLATED,
      ),
      row(
        `RabbitMQ, each of ${rabbitmq.nodes} nodes`,
        'cores',
        rabbitmq.coresPerNode,
        most.rabbitmq.coresPerNode,
        EXTRAPOLATED,
      ),
      row('Redis, each with a replica', 'masters', redis.masters, most.redis.masters, EXTRAPOLATED),
      row('Redis', 'GB of memory', redis.memoryGb, most.redis.memoryGb, ASSUMED),
    ],
  );
}

function connectionsOf({ connections: { clients, opened, faults } }: Plan): string {
  const sums = `In the middle of a rollout the processes open ${short(clients)} connections to PgBouncer, and all PgBouncers ${short(opened)} to PostgreSQL.`;
  return [sums, ...faults.map((fault) => `- Does not fit as deployed: ${fault}.`)].join('\n\n');
}

function bottlenecksOf({ bottlenecks }: Plan, calm: Plan): string {
  const rows = bottlenecks.map((each) => [
    each.of,
    `${short(each.used)} ${each.unit}`,
    short(each.limit),
    `${short(each.headroom)} ×`,
    `${short(calm.bottlenecks.find(({ of }) => of === each.of)?.headroom ?? NaN)} ×`,
    each.limitIs,
    each.remedy,
  ]);
  return table(['limit', 'used', 'at most', 'reached at', 'calm', 'the limit is', 'then'], rows);
}

function stormsOf(busy: Plan, calm: Plan): string {
  const rows = busy.storms.map((each, index) => [
    each.lost,
    short(each.clients),
    short(each.acceptsPerSecond),
    each.limitedBy,
    short(each.seconds),
    short(calm.storms[index]?.seconds ?? NaN),
    EXTRAPOLATED,
  ]);
  return table(['lost', 'clients', 'accepts / s', 'limited by', 's until all are back', 'calm', 'how'], rows);
}

function audienceOf({ audience }: Plan): string {
  const rows: [string, number, string][] = [
    ['chunks', audience.chunks, MEASURED],
    ['seconds until the last frame', audience.seconds, EXTRAPOLATED],
    ['CPU-s of the notifications-worker', audience.workerCpuS, EXTRAPOLATED],
    ['CPU-s of the gateways', audience.gatewayCpuS, EXTRAPOLATED],
    ['CPU-s of PostgreSQL', audience.postgresCpuS, EXTRAPOLATED],
    ['MB of WAL', audience.walMb, EXTRAPOLATED],
    ['MB stored', audience.storedMb, EXTRAPOLATED],
  ];
  return table(
    ['figure', 'value', 'how'],
    rows.map(([figure, value, how]) => [figure, short(value), how]),
  );
}

/** The figures that the model is fed with, by what they are about. */
export function figuresTable(tree: object = measured): string {
  const rows = leavesOf(tree).map(([name, { value, unit, kind, date, source }]) => [
    name,
    short(Number(value.toPrecision(3))),
    unit,
    kind,
    date ?? '',
    source,
  ]);
  return table(['figure', 'value', 'unit', 'how', 'date', 'source'], rows);
}

function leavesOf(tree: object, path: readonly string[] = []): [string, Figure][] {
  return Object.entries(tree as Record<string, object>).flatMap(([name, node]) =>
    'source' in node ? [[[...path, name].join('.'), node as Figure]] : leavesOf(node, [...path, name]),
  );
}
