import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parse } from 'yaml';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook_url: string };
}

/** One time at which a unit test of promtool looks at an alert. */
export interface AlertTest {
  readonly eval_time: string;
  readonly alertname: string;
  readonly exp_alerts?: readonly unknown[];
}

export const ROOT = resolve(__dirname, '../..');
const PROMETHEUS = join(ROOT, 'deploy/prometheus');

/** All files of a folder of deploy/prometheus, parsed. */
function documentsIn<T>(folder: string): [file: string, document: T][] {
  const files = readdirSync(join(PROMETHEUS, folder)).filter((file) => file.endsWith('.yml'));
  return files.map((file) => [file, parse(readFileSync(join(PROMETHEUS, folder, file), 'utf8')) as T]);
}

/** The rules by group, in the order of their files. */
export function alertRules(): Map<string, AlertRule[]> {
  const documents = documentsIn<{ groups: { name: string; rules: AlertRule[] }[] }>('alerts');
  return new Map(documents.flatMap(([, { groups }]) => groups.map(({ name, rules }) => [name, rules] as const)));
}

/** The unit tests of all rules. */
export function alertTests(): AlertTest[] {
  const documents = documentsIn<{ tests: { alert_rule_test: AlertTest[] }[] }>('tests');
  return documents.flatMap(([, { tests }]) => tests.flatMap((test) => test.alert_rule_test));
}

/** What prometheus.yml scrapes: the targets by job. */
export function scrapedTargets(): Map<string, string[]> {
  interface Config {
    readonly scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
  }
  const { scrape_configs } = parse(readFileSync(join(PROMETHEUS, 'prometheus.yml'), 'utf8')) as Config;
  return new Map(scrape_configs.map((job) => [job.job_name, job.static_configs.flatMap(({ targets }) => targets)]));
}

/** The names of the alerts that docs/runbooks describes. */
export function runbooks(): string[] {
  return readdirSync(join(ROOT, 'docs/runbooks')).map((file) => basename(file, '.md'));
}

/** `90m` in minutes. */
export function minutesOf(duration: string): number {
  const [, amount, unit] = /^(\d+)([mh])$/.exec(duration) ?? [];
  if (!amount) throw new Error(`${duration} is no duration in minutes or hours`);
  return Number(amount) * (unit === 'h' ? 60 : 1);
}
