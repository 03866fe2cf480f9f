import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './alert-rules';
import { generatedFiles, read } from './generated-files';

/** `npm run monitoring:update`: writes the dashboards and the tables of docs/alerts.md anew. */
for (const [path, text] of generatedFiles()) {
  if (text === read(path)) continue;
  writeFileSync(join(ROOT, path), text);
  console.log(`Updated ${path}`);
}
