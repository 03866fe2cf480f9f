import { findDrift } from './drift';
import { withMigratedDatabase } from './migrated-database';

/** `npm run prisma:check`: fails when schema.prisma and the migrations disagree. */
async function main(): Promise<void> {
  const drift = await withMigratedDatabase(findDrift);
  if (drift === undefined) return console.log('schema.prisma and the migrations agree');
  console.error(`schema.prisma and the migrations disagree. What a new migration would have to contain:\n\n${drift}`);
  process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
