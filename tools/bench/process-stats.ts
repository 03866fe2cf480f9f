import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: what /proc counts processor time in, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

interface Stat {
  readonly parent: number;
  /** Ticks of the process itself. */
  readonly own: number;
  /** Ticks of children that have ended and were waited for. */
  readonly reaped: number;
}

/**
 * Processor time so far, in milliseconds, of a process and all that it started: a server that forks (PostgreSQL) counts as one.
 * Linux only.
 */
export function cpuMsOf(...pids: number[]): number {
  const all = new Map(
    readdirSync('/proc')
      .map(Number)
      .filter(Boolean)
      .flatMap((pid) => {
        const stat = statOf(pid);
        return stat ? [[pid, stat] as const] : [];
      }),
  );
  const family = new Set(pids);
  for (let grown = true; grown;) {
    grown = false;
    for (const [pid, { parent }] of all) {
      if (!family.has(pid) && family.has(parent)) grown = Boolean(family.add(pid));
    }
  }
  const ticks = [...family].reduce((sum, pid) => sum + (all.get(pid)?.own ?? 0) + (all.get(pid)?.reaped ?? 0), 0);
  return (ticks * 1_000) / TICKS_PER_SECOND;
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name may hold spaces and parentheses: fields are counted behind its last one.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15);
    return { parent: fields[1] ?? 0, own: utime + stime, reaped: cutime + cstime };
  } catch {
    return undefined;
  }
}

/** Processor time so far, in milliseconds, of each process by its name. */
function cpuByName(pids: Readonly<Record<string, number>>): Map<string, number> {
  return new Map(Object.entries(pids).map(([name, pid]) => [name, cpuMsOf(pid)]));
}

/** Calls `work`. @returns the processor time that each process has used meanwhile, and what `work` returned. */
export async function cpuDuring<T>(
  pids: Readonly<Record<string, number>>,
  work: () => Promise<T>,
): Promise<{ cpuMs: Map<string, number>; result: T }> {
  const before = cpuByName(pids);
  const result = await work();
  const cpuMs = new Map([...cpuByName(pids)].map(([name, ms]) => [name, ms - (before.get(name) ?? 0)]));
  return { cpuMs, result };
}

export function sumOf(cpuMs: ReadonlyMap<string, number>): number {
  return [...cpuMs.values()].reduce((sum, ms) => sum + ms, 0);
}

/** Megabytes of a process that are in memory. */
export function residentMbOf(pid: number): number {
  const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb) / 1_024;
}
