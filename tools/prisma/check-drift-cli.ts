import { provideTestServers } from '../dev/test-servers';
import { findDrift } from './check-drift';

/** `npm run prisma:check`: fails when schema.prisma and the migrations disagree. Brings its own PostgreSQL if need be. */
async function main(): Promise<void> {
  const given = process.env['CONVENE_TEST_DATABASE_URL'];
  const stop = given ? undefined : await provideTestServers(['postgres']);
  try {
    const drift = await findDrift(process.env['CONVENE_TEST_DATABASE_URL'] as string);
    if (drift === undefined) return console.log('schema.prisma and the migrations agree');
    console.error(`schema.prisma and the migrations disagree. What a new migration would have to contain:\n\n${drift}`);
    process.exitCode = 1;
  } finally {
    await stop?.();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
