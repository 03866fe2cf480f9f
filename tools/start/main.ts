import { Remediable } from '../servers/server';
import { onInterrupt, runMain } from '../terminal/run-main';
import { help, parseArguments } from './arguments';
import { claimFolder, forgetRunState } from './run-state';
import { Stack } from './stack';
import { Undo } from './undo';

/** `npm start`: runs until it is interrupted, an app ends by itself, or starting fails; in each case it stops all it started. */
async function main(): Promise<number> {
  const options = parseArguments(process.argv.slice(2));
  if (options.help) {
    console.log(help);
    return 0;
  }
  await claimFolder();
  const undo = new Undo();
  undo.push(forgetRunState);

  const interrupted = new Promise<number>((resolve) => {
    let since = 0;
    onInterrupt(async (signal) => {
      if (undo.begun) {
        // One signal may arrive by several ways. Asked again: leave at once, what still runs is on our leash.
        if (since > 0 && Date.now() - since > 1_000) process.exit(130);
        return;
      }
      since = Date.now();
      console.log(`\n${signal}: stopping what was started …`);
      await undo.run();
      console.log('Stopped.');
      resolve(0);
    });
  });
  const crashed = new Promise<never>((_, reject) => {
    const stack = new Stack(options, undo, (app, how) =>
      reject(new Remediable(`${app.label} ended by itself (${how}). ${app.lastLines()}`)),
    );
    stack.start().then(console.log, reject);
  });
  try {
    return await Promise.race([interrupted, crashed]);
  } catch (error) {
    if (undo.begun) return await interrupted; // it failed because it was interrupted
    console.log('\nStopping what was started …');
    await undo.run();
    throw error;
  }
}

runMain(main);
