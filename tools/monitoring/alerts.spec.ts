import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { apps } from '../dev/apps';
import { alertRules, alertTests, minutesOf, ROOT, runbooks, scrapedTargets } from './alert-rules';
import { declaredMetrics, startsAtZero } from './declared-metrics';
import { metricsIn, undeclaredIn } from './expression';
import { prometheusPrograms } from './prometheus-programs';

const groups = alertRules();
const rules = [...groups.values()].flat();
const names = rules.map(({ alert }) => alert);

describe('the alert rules', () => {
  it.each(rules.map((rule) => [rule.alert, rule] as const))(
    '%s names a severity and its own runbook',
    (alert, rule) => {
      expect(rule.labels.severity).toMatch(/^(critical|warning)$/);
      expect(rule.annotations.summary).toMatch(/^[A-Z].*[^.]$/);
      expect(rule.annotations.description).toContain('{{');
      expect(rule.annotations.runbook_url).toBe(`docs/runbooks/${alert}.md`);
    },
  );

  it('have different names, and a runbook each; no runbook is left without its alert', () => {
    expect(new Set(names).size).toBe(names.length);
    expect(runbooks().sort()).toEqual([...names].sort());
  });

  it('read metrics that the sources declare, by labels that those have', () => {
    const declared = declaredMetrics();
    const unknown = rules.flatMap(({ alert, expr }) => undeclaredIn(expr, declared).map((it) => `${alert}: ${it}`));
    expect(unknown).toEqual([]);
  });

  it('watch only counters that exist from the start: the first increase of one that is born with it is not seen', () => {
    const declared = declaredMetrics();
    const counted = rules.filter(({ expr }) => expr.includes('increase(')).flatMap(({ expr }) => metricsIn(expr));
    const compared = ['security_events_total', ...counted.map(({ metric }) => metric)];
    const born = [...new Set(compared)].filter((name) => {
      const metric = declared.get(name);
      return metric?.type === 'counter' && metric.labels.length > 0 && !startsAtZero(name);
    });
    expect(born).toEqual([]);
  });

  it('have unit tests in which each stays silent for longer than its own delay, and fires', () => {
    const tests = alertTests();
    for (const { alert, for: delay } of rules) {
      const own = tests.filter(({ alertname }) => alertname === alert);
      const silent = own.filter((test) => !test.exp_alerts?.length);
      expect([alert, own.some((test) => test.exp_alerts?.length)]).toEqual([alert, true]);
      expect([alert, silent.some((test) => minutesOf(test.eval_time) > minutesOf(delay))]).toEqual([alert, true]);
    }
    expect(tests.filter(({ alertname }) => !names.includes(alertname))).toEqual([]);
  });
});

it('prometheus.yml scrapes every app at its documented port, and AppMissing knows each', () => {
  expect(scrapedTargets()).toEqual(new Map(apps.map((app) => [app.name, [`localhost:${app.internalPort}`]])));
  const { expr = '' } = rules.find(({ alert }) => alert === 'AppMissing') ?? {};
  for (const app of apps) expect(expr).toContain(`absent(up{job="${app.name}"})`);
});

const programs = prometheusPrograms();

(programs ? describe : describe.skip)('promtool', () => {
  const promtool = async (...args: string[]) => {
    const run = promisify(execFile)(programs?.promtool ?? '', args, { cwd: `${ROOT}/deploy/prometheus` });
    return run.catch((error: { stdout: string; stderr: string }) => {
      throw new Error(error.stdout + error.stderr);
    });
  };

  it('accepts the configuration and all rules', async () => {
    expect((await promtool('check', 'config', 'prometheus.yml')).stdout).toContain(`${groups.size} rule files found`);
  });

  it.each([...groups.keys()])('passes the unit tests of the %s alerts', async (group) => {
    expect((await promtool('test', 'rules', `tests/${group}.test.yml`)).stdout).toContain('SUCCESS');
  });
});
