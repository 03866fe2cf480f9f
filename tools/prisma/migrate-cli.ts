import { migrate } from './migrate';

/** `npm run prisma:migrate`, and the `migrate` service of docker-compose.yml: migrates DATABASE_URL. */
async function main(): Promise<void> {
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
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
