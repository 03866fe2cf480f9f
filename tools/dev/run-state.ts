import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import { freePort, isFree } from '@convene/testing/ports';
import { UserError } from './terminal';

/** `.convene/run.json` describes the stack that runs in this folder to others: `npm run demo`, scripts. */
interface RunState {
  /** A port that `npm start` holds as long as it runs, however it ends. */
  lockPort: number;
  /** Absent until every app is ready. */
  stack?: { apiUrl: string; wsUrl: string; opsUrl: string; mailDir: string; databaseUrl: string };
}

const FILE = resolve(__dirname, '../../.convene/run.json');

/** The stack that runs in this folder now, or undefined. */
export async function readRunState(): Promise<RunState | undefined> {
  try {
    const state = JSON.parse(readFileSync(FILE, 'utf8')) as RunState;
    return (await isFree(state.lockPort)) ? undefined : state;
  } catch {
    return undefined;
  }
}

/** Makes this process the one `npm start` of its folder. Resolves to what tells the others where the stack runs. */
export async function claimFolder(): Promise<(stack: RunState['stack']) => void> {
  if (await readRunState()) {
    throw new UserError('Convene already runs in this folder: use it, or stop it with Ctrl-C where it was started.');
  }
  const lockPort = await freePort();
  createServer().listen(lockPort, '127.0.0.1').unref();
  const write = (stack: RunState['stack']) => writeFileSync(FILE, JSON.stringify({ lockPort, stack }), { mode: 0o600 });
  mkdirSync(dirname(FILE), { recursive: true });
  write(undefined);
  return write;
}
