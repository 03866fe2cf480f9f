import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertRules, ROOT } from './alert-rules';
import { DASHBOARDS } from './dashboards/all';
import { grafanaJson } from './dashboards/grafana';
import { alertTables, withGenerated } from './reference';

/** What every generated file has to contain, by its path from the root. */
export function generatedFiles(): Map<string, string> {
  const alerts = withGenerated(read('docs/alerts.md'), 'alerts', alertTables(alertRules()));
  return new Map<string, string>([
    ['docs/alerts.md', alerts],
    ...DASHBOARDS.map((it) => [`deploy/grafana/dashboards/${it.uid}.json`, grafanaJson(it)] as const),
  ]);
}

/** Empty where the file is missing. */
export function read(path: string): string {
  const file = join(ROOT, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
