import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Mailbox } from '../people/mailbox';
import { Remediable } from '../servers/server';
import { readRunState } from '../start/run-state';
import { devKeys } from '../system/dev-keys';
import { paint } from '../terminal/paint';
import { onInterrupt, runMain } from '../terminal/run-main';
import { tellInvitationStory } from './invitation-story';
import { runLoad } from './load';

const help = `npm run demo [-- --load] [--help]

Uses the stack that "npm start" runs in this folder, from outside, as two strangers would: over HTTP and Socket.IO.

  (nothing)   Ana invites Bo, who sees it at once, accepts, goes offline, comes back and has missed nothing
  --load      finds the rate at which this machine saturates, runs 30 s at half of it, prints latencies by hop

Ends with exit code 1 if anything is lost, doubled or out of order.`;

function parse(): { load: boolean; help: boolean } {
  try {
    const options = {
      load: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    } as const;
    return parseArgs({ args: process.argv.slice(2), options }).values;
  } catch (error) {
    throw new Remediable(`${(error as Error).message}\n\n${help}`);
  }
}

async function main(): Promise<number> {
  const options = parse();
  if (options.help) {
    console.log(help);
    return 0;
  }
  const state = readRunState();
  const databaseUrl = state?.servers?.find(({ name }) => name === 'postgres')?.url;
  if (!state?.ready || !state.apiUrl || !state.wsUrl || !state.mailDir || !databaseUrl) {
    throw new Remediable('Convene does not run in this folder yet: "npm start" in another terminal, then this again.');
  }
  const stack = { apiUrl: state.apiUrl, wsUrl: state.wsUrl };
  const faults = options.load
    ? await runLoad({ stack, databaseUrl, jwtPrivateKey: devKeys(resolve('.convene/keys')).JWT_PRIVATE_KEY })
    : await tellInvitationStory(stack, new Mailbox(state.mailDir));
  for (const fault of faults) console.error(paint('red', `✗ ${fault}`));
  if (faults.length === 0) console.log(paint('green', '✓ Nothing lost, nothing doubled, all in order.'));
  return faults.length === 0 ? 0 : 1;
}

onInterrupt(() => process.exit(130));
runMain(main);
