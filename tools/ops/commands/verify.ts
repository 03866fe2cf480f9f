import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import { Verify } from '@convene/contracts/ops/routes';
import type { DefectView } from '@convene/contracts/ops/verification';
import { EXIT, type ExitCode } from '../exit-codes';
import type { Answer, Ops } from '../ops';
import type { OpsClient } from '../ops-client';
import { table } from '../table';

/** A longer list says nothing more; the rest is counted. */
const MAX_PRINTED = 50;
const HOUR_MS = 3_600_000;

const CHECKS = ['events', 'inboxes'] as const;

interface VerifyOptions {
  readonly check?: (typeof CHECKS)[number];
  readonly hours: string;
  readonly grace: string;
  readonly limit: string;
}

interface Total {
  readonly check: string;
  examined: number;
  readonly sources: Set<string>;
}

export function addVerify(program: Command, { calls }: Ops): void {
  program
    .command('verify')
    .description('compares outbox, ledger, notifications and counters, and names what is missing; changes nothing')
    .option('--check <what>', 'only events, or only inboxes')
    .option('--hours <number>', 'events of the last hours', '24')
    .option('--grace <seconds>', 'younger events are on their way', '600')
    .option('--limit <number>', 'events, or users, of a page', '200')
    .action(calls(verify));
}

/** Page after page, with a pause as long as each page took, so that a verification takes no more than half of one connection. */
async function verify(client: OpsClient, { check, hours, grace, limit }: VerifyOptions): Promise<Answer> {
  const since = new Date(Date.now() - Number(hours) * HOUR_MS);
  const sinceText = Number.isNaN(since.getTime()) ? hours : since.toISOString();
  const defects: DefectView[] = [];
  const totals: Total[] = [];
  for (const one of check === undefined ? CHECKS : [check]) {
    const total: Total = { check: one, examined: 0, sources: new Set() };
    totals.push(total);
    for (let after: string | undefined; ;) {
      const began = performance.now();
      const page = await client.call(Verify, {
        query: { check: one, since: sinceText, graceSeconds: grace, limit, ...(after !== undefined && { after }) },
      });
      total.examined += page.examined;
      total.sources.add(page.source);
      defects.push(...page.defects);
      if (page.next === null) break;
      after = page.next;
      await wait(performance.now() - began);
    }
  }
  const json = { examined: Object.fromEntries(totals.map((total) => [total.check, total.examined])), defects };
  return { json, text: textOf(totals, defects), exitCode: exitCodeOf(defects) };
}

function exitCodeOf(defects: readonly DefectView[]): ExitCode {
  if (defects.length === 0) return EXIT.ok;
  return defects.some(({ severity }) => severity === 'critical') ? EXIT.critical : EXIT.warnings;
}

function textOf(totals: readonly Total[], defects: readonly DefectView[]): string {
  const looked = totals.map(({ check, examined, sources }) => `${examined} ${check} (${[...sources].join(', ')})`);
  const summary = `${looked.join(' and ')} examined, ${defects.length} defects`;
  if (defects.length === 0) return summary;
  const rows = defects.slice(0, MAX_PRINTED).map((defect) => {
    const users = defect.userIds.join(', ') || null;
    return [defect.severity.toUpperCase(), defect.kind, defect.eventId, users, defect.detail];
  });
  const remedies = [...new Set(defects.map(({ kind, remedy }) => `${kind}: ${remedy}`))];
  return [table(['SEVERITY', 'DEFECT', 'EVENT', 'USERS', 'DETAIL'], rows), '', ...remedies, '', summary].join('\n');
}
