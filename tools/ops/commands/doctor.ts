import type { Command } from 'commander';
import type { DoctorView } from '@convene/contracts/ops/doctor';
import { Doctor } from '@convene/contracts/ops/routes';
import { EXIT, type ExitCode } from '../exit-codes';
import type { Ops } from '../ops';

export function addDoctor(program: Command, { calls }: Ops): void {
  program
    .command('doctor')
    .description('what is wrong, why, and what to do')
    .action(
      calls(async (client) => {
        const seen = await client.call(Doctor);
        return { json: seen, text: textOf(seen), exitCode: exitCodeOf(seen) };
      }),
    );
}

function exitCodeOf({ findings }: DoctorView): ExitCode {
  if (findings.length === 0) return EXIT.ok;
  return findings.some(({ severity }) => severity === 'critical') ? EXIT.critical : EXIT.warnings;
}

function textOf({ findings, healthy }: DoctorView): string {
  const parts = findings.map(({ severity, cause, evidence, remedy, runbook }) =>
    [
      `${severity.toUpperCase()}  ${cause}`,
      `  seen:     ${evidence}`,
      `  do:       ${remedy}`,
      ...(runbook === null ? [] : [`  runbook:  docs/runbooks/${runbook}`]),
    ].join('\n'),
  );
  return [...parts, `healthy: ${healthy.join(', ') || 'nothing'}`].join('\n\n');
}
