import { Remediable } from '../servers/server';
import { paint } from './paint';

/** Runs a command: what a person can put right is one clear message, anything else is our fault and keeps its stack. */
export function runMain(main: () => Promise<number>): void {
  main().then(
    (code) => process.exit(code),
    (error: unknown) => {
      const text = error instanceof Remediable ? error.message : error instanceof Error ? error.stack : String(error);
      console.error(`\n${paint('red', 'Failed:')} ${text}`);
      process.exit(1);
    },
  );
}

/** Ctrl-C, a polite kill, a terminal that is gone, and a bootstrap.mjs that was killed. */
export function onInterrupt(handle: (signal: NodeJS.Signals) => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void handle(signal));
  process.on('disconnect', () => void handle('SIGHUP'));
  // Once the terminal is gone, writing to it fails: that must not stop us from cleaning up.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
