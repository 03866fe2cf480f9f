import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertRules, ROOT } from './alert-rules';
import { declaredMetrics } from './declared-metrics';
import { alertTables, metricsTable, withGenerated } from './reference';

/** What every generated file has to contain, by its path from the root. */
export function generatedFiles(): Map<string, string> {
  const alerts = withGenerated(read('docs/alerts.md'), 'alerts', alertTables(alertRules()));
  const metrics = withGenerated(read('docs/metrics.md'), 'metrics', metricsTable(declaredMetrics().values()));
  return new Map([
    ['docs/alerts.md', alerts],
    ['docs/metrics.md', metrics],
  ]);
}

export const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
