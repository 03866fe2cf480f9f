import type { Bench, BenchRun } from '../bench';
import type { Row } from '../table';
import { compareResumes } from './resume';
import { compareReturns } from './return';

const FULL = { resume: { slices: 5, clients: 10_000 }, return: { slices: 3, clients: 15_000 } };
const QUICK = { resume: { slices: 2, clients: 1_000 }, return: { slices: 2, clients: 2_000 } };

export const storm: Bench = {
  about: 'clients that come back all at once, with notifications to catch up on, beside Socket.IO',
  servers: ['postgres', 'redis', 'rabbitmq'],
  run: compareStorms,
};

async function compareStorms(run: BenchRun): Promise<Row[]> {
  const size = run.size === 'full' ? FULL : QUICK;
  return [...(await compareResumes(size.resume, run)), ...(await compareReturns(size.return, run))];
}
