import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { endLeftOver, identify, type ProcessIdentity, stillRuns } from './child-process';
import type { ServerName } from './servers/server';
import { UserError } from './terminal';

/** `.convene/run.json` describes the stack that runs in this folder to others: `npm run demo`, scripts. */
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
    const where = running.apiUrl ? ` (${running.apiUrl})` : '';
    throw new UserError(
      `Convene already runs in this folder${where}: use it, or stop it with Ctrl-C where it was started, or "kill ${running.process.pid}".`,
    );
  }
  await Promise.all((read()?.apps ?? []).map((app) => endLeftOver(app.process)));
  writeRunState({ ready: false });
}

export function writeRunState(state: Omit<RunState, 'process'>): void {
  mkdirSync(dirname(FILE), { recursive: true });
  const whole: RunState = { process: identify(process.pid) as ProcessIdentity, ...state };
  writeFileSync(`${FILE}.new`, JSON.stringify(whole, null, 2), { mode: 0o600 });
  renameSync(`${FILE}.new`, FILE);
}

export const removeRunState = (): void => rmSync(FILE, { force: true });

function read(): RunState | undefined {
  try {
    return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as RunState) : undefined;
  } catch {
    return undefined;
  }
}
