/**
 * `npm run contracts:golden` writes the generated documents and, after an addition, events.json anew. It refuses any other change, which old events
 * in the outbox or workers still being replaced could not follow; `-- --accept-breaking` overrules it, for an event
 * that no deployment has ever written.
 */
import { writeFileSync } from 'node:fs';
import { breakingChanges } from './additive';
import { absolute, documents } from './documents';
import { currentSchemas, goldenSchemas, writeGolden } from './schemas';

const schemas = currentSchemas();
const breaking = breakingChanges(goldenSchemas(), schemas);
if (breaking.length > 0 && !process.argv.includes('--accept-breaking')) {
  console.error(`Not an addition; events.json stays as it is:\n  ${breaking.join('\n  ')}`);
  console.error('Declare a new event instead, or pass -- --accept-breaking if none of these was ever written.');
  process.exit(1);
}
writeGolden(schemas);
console.log(`libs/contracts/golden/events.json holds ${Object.keys(schemas).length} events`);
for (const [path, text] of Object.entries(documents())) {
  writeFileSync(absolute(path), text);
  console.log(`${path} is up to date`);
}
