import { resolve } from 'node:path';
import { keysIn } from '../dev/keys';
import { readRunState } from '../dev/run-state';
import { paint, runCommand, UserError } from '../dev/terminal';
import { Mailbox, mailsIn } from '../simulated-users/mailbox';
import { composedStack, type DemoStack } from './composed-stack';
import { tellInvitationStory } from './invitation-story';
import { runLoad } from './load';

const help = `npm run demo [-- --load] [--compose] [--help]

Uses the stack that "npm start" runs in this folder, from outside, as two strangers would: over HTTP and Socket.IO.

  (nothing)   Ana invites Bo, who sees it at once, accepts, goes offline, comes back and has missed nothing
  --load      finds the rate at which this machine saturates, runs 30 s at half of it, prints latencies by hop
  --compose   uses the stack of "docker compose up" instead; --load needs one that was started with RATE_LIMIT_SCALE=1000

Ends with exit code 1 if anything is lost, doubled or out of order.`;

const config = {
  options: { load: { type: 'boolean', default: false }, compose: { type: 'boolean', default: false } },
} as const;

async function startedStack(): Promise<DemoStack> {
  const stack = (await readRunState())?.stack;
  if (!stack) {
    throw new UserError('Convene does not run in this folder yet: "npm start" in another terminal, then this again.');
  }
  return {
    ...stack,
    mails: mailsIn(stack.mailDir),
    jwtPrivateKey: () => Promise.resolve(keysIn(resolve('.convene/keys')).JWT_PRIVATE_KEY),
  };
}

void runCommand(help, config, async ({ values }) => {
  const stack = await (values.compose ? composedStack() : startedStack());
  const faults = values.load
    ? await runLoad({ stack, databaseUrl: stack.databaseUrl, jwtPrivateKey: await stack.jwtPrivateKey() })
    : await tellInvitationStory(stack, new Mailbox(stack.mails));
  for (const fault of faults) console.error(paint('red', `✗ ${fault}`));
  if (faults.length === 0) console.log(paint('green', '✓ Nothing lost, nothing doubled, all in order.'));
  return faults.length === 0 ? 0 : 1;
});
