import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './alert-rules';

/** `look` changes nothing, `mend` repairs. */
export type BlockKind = 'look' | 'mend' | 'back-up' | 'restore';

const COMMAND_TIMEOUT_MS = 20_000;

/** The commands of an alert's runbook that are marked as one kind, in their order. */
export function commandsOf(alert: string, kind: BlockKind): string[] {
  return commandsIn(`docs/runbooks/${alert}.md`, kind);
}

export function commandsIn(document: string, kind: BlockKind): string[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  return [...text.matchAll(/^```sh ([\w-]+)\n(.*?)\n```$/gms)].flatMap(([, mark, command = '']) =>
    mark === kind ? command : [],
  );
}

/** What `npm run --silent ops -- …` runs, without the installation of packages that may come first. */
const OPS = 'npm() { test "$1 $3" = "run ops"; shift 4; node --import tsx tools/ops/main.ts "$@"; }';

/** Runs a command as an operator does, in the folder of the project. @returns what it prints. @throws when any part of it fails, with all it printed */
export function runCommand(command: string, env: NodeJS.ProcessEnv): Promise<string> {
  // An error of SQL must not pass unseen.
  const PSQLRC = '/dev/null';
  const script = `psql() { command psql -v ON_ERROR_STOP=1 "$@"; }\n${OPS}\n${command}`;
  return new Promise((resolve, reject) => {
    const options = { cwd: ROOT, env: { ...env, PSQLRC }, timeout: COMMAND_TIMEOUT_MS };
    execFile('/bin/bash', ['-euo', 'pipefail', '-c', script], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${command}\n${stdout}${stderr || error.message}`));
      else resolve(stdout);
    });
  });
}
