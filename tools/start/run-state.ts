import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, type ProcessIdentity, stillRuns } from '../process/identity';
import { Remediable, type ServerName } from '../servers/server';

/** What `.convene/run.json` tells others (`npm run demo`, scripts) about the stack that runs in this folder. */
export interface RunState {
  process: ProcessIdentity;
  /** False until every app is ready. */
  ready: boolean;
  apiUrl?: string;
  wsUrl?: string;
  mailDir?: string;
  servers?: { name: ServerName; url: string; origin: string }[];
  apps?: { label: string; process: ProcessIdentity | undefined; internalUrl: string }[];
}

export const runFile = resolve(__dirname, '../../.convene/run.json');

/** The stack that runs in this folder now, or undefined. */
export function readRunState(file = runFile): RunState | undefined {
  const state = read(file);
  return state && stillRuns(state.process) ? state : undefined;
}

/** Makes this process the one `npm start` of its folder, and ends what apps a killed one may have left. */
export async function claimFolder(file = runFile): Promise<void> {
  const earlier = read(file);
  if (earlier && stillRuns(earlier.process)) {
    const where = earlier.apiUrl ? ` (${earlier.apiUrl})` : '';
    throw new Remediable(
      `Convene already runs in this folder${where}: use it, or stop it with Ctrl-C where it was started, or "kill ${earlier.process.pid}".`,
    );
  }
  for (const app of earlier?.apps ?? []) {
    if (app.process) await end(app.process);
  }
  writeRunState({ ready: false }, file);
}

export function writeRunState(state: Omit<RunState, 'process'>, file = runFile): void {
  mkdirSync(dirname(file), { recursive: true });
  const whole: RunState = { process: identify(process.pid) as ProcessIdentity, ...state };
  writeFileSync(`${file}.new`, JSON.stringify(whole, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function forgetRunState(file = runFile): void {
  rmSync(file, { force: true });
}

function read(file: string): RunState | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunState;
  } catch {
    return undefined;
  }
}

async function end(identity: ProcessIdentity): Promise<void> {
  for (let waited = 0; stillRuns(identity); waited += 100) {
    if (waited === 0) process.kill(identity.pid, 'SIGTERM');
    if (waited === 10_000) process.kill(identity.pid, 'SIGKILL');
    await sleep(100);
  }
}
