import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';

/** Only this platform's package is locked: the lockfile must hold the integrity of each entry. */
const SQUAWK = resolve(__dirname, '../../node_modules/@squawk-cli/linux-x64/bin/squawk');
/**
 * Rules of style, and what the tool does for every migration: it sets a lock_timeout (migrate.ts), and a statement that backfills
 * may take as long as it needs.
 */
const EXCLUDED = [
  'prefer-bigint-over-int',
  'prefer-bigint-over-smallint',
  'prefer-identity',
  'prefer-robust-stmts',
  'prefer-text-field',
  'require-lock-timeout',
  'require-statement-timeout',
];
/** Of PostgreSQL that we support, the oldest: it takes the strongest locks. */
const OLDEST_POSTGRES = '15.0';
const MIN_REASON = 20;

const Findings = z.array(
  z.object({
    file: z.string(),
    line: z.number(),
    rule_name: z.string(),
    message: z.string(),
    help: z.string().nullable(),
  }),
);

/**
 * What a migration must not do while the processes of the former release run, unless it states why that is harmless:
 * - lock a table for as long as it takes to read or write it (an index, a constraint, a type);
 * - remove or rename what those processes use.
 *
 * The comment above such a statement is `-- Reason: …`, then `-- squawk-ignore <rule>`. @returns the faults, each with its place
 */
export function migrationFaults(files: readonly string[]): string[] {
  if (files.length === 0) return [];
  const args = ['--reporter', 'json', '--pg-version', OLDEST_POSTGRES, '--assume-in-transaction'];
  const options = [...args, `--exclude=${EXCLUDED.join(',')}`, ...files];
  const { error, stdout, stderr } = spawnSync(SQUAWK, options, { encoding: 'utf8' });
  if (error) throw new Error(`squawk did not run; check migrations on Linux x64: ${error.message}`);
  if (!stdout.startsWith('[')) throw new Error(`squawk did not run: ${stderr}`);
  const found = Findings.parse(JSON.parse(stdout)).map(({ file, line, rule_name: rule, message, help }) =>
    `${file}:${line + 1}: ${rule}: ${message} ${help ?? ''}`.trim(),
  );
  return [...found, ...files.flatMap(unreasoned)];
}

/** The line before each exception is its reason; a reason of several lines ends there. */
function unreasoned(file: string): string[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    if (!/^\s*--\s*squawk-ignore/.test(line)) return [];
    const above = lines.slice(0, index).reverse();
    const comment = above.slice(0, above.findIndex((one) => !one.trim().startsWith('--')) >>> 0).reverse();
    const reason = /-- Reason: ([^]+)/.exec(comment.join('\n'))?.[1] ?? '';
    const fault = `${file}:${index + 1}: state above it, as "-- Reason: …", why this is harmless while the former release runs`;
    return reason.length < MIN_REASON ? [fault] : [];
  });
}
