import { parseArgs } from 'node:util';
import { applyGrants, ensureRoles } from './grants';
import { migrate } from './migrate';

/**
 * `npm run prisma:migrate`, and the `migrate` service of docker-compose.yml: migrates DATABASE_URL. With `--grants` it creates
 * the roles of the apps too. Where they exist, every run applies their grants, because new tables come with a migration.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { grants: { type: 'boolean', default: false } } });
  const url = process.env['DATABASE_URL'];
  if (!url)
    throw new Error(
      'DATABASE_URL is not set: give the database to migrate, e.g. postgresql://user:password@host:5432/convene',
    );
  const applied = await migrate(url);
  for (const name of applied) console.log(`Applied ${name}`);
  console.log(
    applied.length === 0 ? 'The database is up to date' : `The database is up to date: ${applied.length} applied`,
  );
  if (values.grants) await ensureRoles(url);
  if (await applyGrants(url)) console.log('The roles of the apps have their grants (prisma/grants.sql)');
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
