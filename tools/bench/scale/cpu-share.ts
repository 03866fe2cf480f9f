import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { UserError } from '../../dev/terminal';

const PERIOD_US = 100_000;
/** Version 1 of control groups has a folder for each controller, version 2 one for all. */
const [ROOT, SETTINGS] = existsSync('/sys/fs/cgroup/cpu')
  ? (['/sys/fs/cgroup/cpu', (us: number) => ({ 'cpu.cfs_period_us': PERIOD_US, 'cpu.cfs_quota_us': us })] as const)
  : (['/sys/fs/cgroup', (us: number) => ({ 'cpu.max': `${us} ${PERIOD_US}` })] as const);

/**
 * Lets a process use no more than a share of one core, as a container with a limit. @returns what gives it all again, once
 * it has ended. @throws UserError where this user may not: it takes root on Linux.
 */
export function limitCpu(pid: number, share: number): () => void {
  const group = `${ROOT}/convene-bench-${pid}`;
  try {
    mkdirSync(group, { recursive: true });
    for (const [file, value] of Object.entries(SETTINGS(share * PERIOD_US)))
      writeFileSync(`${group}/${file}`, `${value}`);
    writeFileSync(`${group}/cgroup.procs`, `${pid}`);
  } catch (cause) {
    throw new UserError(
      'This bench limits the processor time of processes: it takes root, and control groups of Linux',
      {
        cause,
      },
    );
  }
  return () => rmdirSync(group);
}
