import { Command, CommanderError } from 'commander';
import { addActs } from './commands/acts';
import { addDlq } from './commands/dlq';
import { addDoctor } from './commands/doctor';
import { addDrain } from './commands/drain';
import { addOutbox } from './commands/outbox';
import { addPartitions } from './commands/partitions';
import { addQueues } from './commands/queues';
import { addResend } from './commands/resend';
import { addSessions } from './commands/sessions';
import { addToken } from './commands/token';
import { addTrace } from './commands/trace';
import { addVerify } from './commands/verify';
import { addWhy } from './commands/why';
import { connectionOf } from './connection';
import { EXIT, type ExitCode, OpsError } from './exit-codes';
import type { Ops, Terminal } from './ops';
import { OpsClient } from './ops-client';

const COMMANDS: readonly ((program: Command, ops: Ops) => void)[] = [
  addToken,
  addDoctor,
  addQueues,
  addOutbox,
  addPartitions,
  addDlq,
  addActs,
  addSessions,
  addDrain,
  addTrace,
  addResend,
  addWhy,
  addVerify,
];

/** Runs one command line. @returns the exit code. */
export async function runOps(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const program = new Command('npm run ops --')
    .description('Looks into a running Convene and acts on it, through its operator API (docs/operations.md).')
    .option('--json', 'answer in JSON, for programs')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    });
  const answers: Ops['answers'] =
    (work) =>
    async (...given) => {
      const answer = await work(...given);
      terminal.out(program.opts<{ json?: true }>().json ? JSON.stringify(answer.json, null, 2) : answer.text);
      exitCode = answer.exitCode ?? EXIT.ok;
    };
  const calls: Ops['calls'] = (work) =>
    answers(async (...given) => work(new OpsClient(await connectionOf(terminal.env)), ...given));
  for (const add of COMMANDS) add(program, { env: terminal.env, calls, answers });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has printed what is wrong, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    terminal.err(error instanceof OpsError ? error.message : String((error as Error).stack ?? error));
    return error instanceof OpsError ? error.exitCode : EXIT.failed;
  }
}
