/** `npm run docs:reference` writes the tables of variables, metrics, queues and jobs in docs/reference anew. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './apps';
import { references } from './documents';

async function update(): Promise<void> {
  for (const [path, text] of Object.entries(await references())) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
    console.log(`${path} is up to date`);
  }
}

update().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
