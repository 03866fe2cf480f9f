import { writeFileSync } from 'node:fs';
import { withClient } from './database';
import { withMigratedDatabase } from './migrated-database';
import { CONTRACT_FILE, readContract } from './schema-contract';

/** `npm run prisma:release`, a part of each release: what its processes use of the schema is what later migrations keep. */
async function main(): Promise<void> {
  const contract = await withMigratedDatabase((target) => withClient(target, readContract));
  writeFileSync(CONTRACT_FILE, `${JSON.stringify(contract, null, 2)}\n`);
  console.log(`Wrote ${CONTRACT_FILE}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
