import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { endLeftOver, identify, type ProcessIdentity, stillRuns } from './child-process';
import { UserError } from './terminal';

/** `.convene/run.json` describes the stack that runs in this folder to others: `npm run demo`, scripts. */
interface RunState {
  process: ProcessIdentity;
  apps: ProcessIdentity[];
  /** Absent until every app is ready. */
  stack?: { apiUrl: string; wsUrl: string; mailDir: string; databaseUrl: string };
}

const FILE = resolve(__dirname, '../../.convene/run.json');

/** The stack that runs in this folder now, or undefined. */
export function readRunState(): RunState | undefined {
  const state = read();
  return state && stillRuns(state.process) ? state : undefined;
}

/** Makes this process the one `npm start` of its folder, and ends the apps that a killed one may have left. */
export async function claimFolder(): Promise<void> {
  const running = readRunState();
  if (running) {
    throw new UserError(
      `Convene already runs in this folder: use it, or stop it with Ctrl-C where it was started, or "kill ${running.process.pid}".`,
    );
  }
  await Promise.all((read()?.apps ?? []).map(endLeftOver));
  writeRunState({ apps: [] });
}

export function writeRunState(state: Omit<RunState, 'process'>): void {
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(`${FILE}.new`, JSON.stringify({ process: identify(process.pid), ...state }, null, 2), { mode: 0o600 });
  renameSync(`${FILE}.new`, FILE);
}

export const removeRunState = (): void => rmSync(FILE, { force: true });

function read(): RunState | undefined {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8')) as RunState;
  } catch {
    return undefined;
  }
}
