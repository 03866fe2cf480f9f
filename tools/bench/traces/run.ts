import { OtlpReceiver } from '@convene/testing/otlp-receiver';
import { flatOut } from '../../simulated-users/pace';
import type { Bench, BenchRun } from '../bench';
import { SystemSide } from '../growth/system-side';
import { cpuDuring, sumOf } from '../process-stats';
import type { Row } from '../table';
import { Turns } from '../turns';

const FULL = { slices: 11, seconds: 8 };
const QUICK = { slices: 4, seconds: 5 };
const CONCURRENCY = 8;
/** Slices before anything is measured: code that is not compiled yet costs a multiple. */
const WARM_UPS = 3;
const EXTENT = { instances: 1, tenants: 150, rows: 0 };
const AT_MOST = 1.03;

export const traces: Bench = {
  about: 'what traces add to an event, at the default ratio and for all',
  servers: ['postgres', 'redis', 'rabbitmq'],
  run: compareTracing,
};

/** The processor time of the five apps. Servers do not know of traces, and the collector is in this process. */
async function compareTracing({ size, tell, undo }: BenchRun): Promise<Row[]> {
  const { slices, seconds } = size === 'full' ? FULL : QUICK;
  const collector = await OtlpReceiver.start();
  undo.push(() => collector.stop());
  const on = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint };
  const off = await SystemSide.start(EXTENT, undo);
  const some = await SystemSide.start(EXTENT, undo, on);
  const all = await SystemSide.start(EXTENT, undo, { ...on, OTEL_TRACES_SAMPLER_ARG: '1' });
  const drive = async (side: SystemSide) => {
    const events = await flatOut(CONCURRENCY, seconds, () => side.write());
    await side.settled();
    return events;
  };
  for (let warm = 0; warm < WARM_UPS; warm++) for (const side of [off, some, all]) await drive(side);
  const turns = new Turns([off, some, all], slices, tell);
  await turns.rounds('events', async (side, note) => {
    const { cpuMs, result: events } = await cpuDuring(side.pids, () => drive(side));
    note('cpu', sumOf(cpuMs) / events);
  });
  if (collector.spans.length === 0) throw new Error('No span has arrived: the traces were off');
  const unit = 'CPU-ms / event';
  return [
    turns.row([off, some], 'cpu', {
      figure: 'a tenth of the traces, the default, beside none',
      unit,
      target: { ratio: AT_MOST, is: 'at most' },
    }),
    turns.row([off, all], 'cpu', { figure: 'all traces, beside none', unit }),
  ];
}
