import { randomUUID } from 'node:crypto';
import { provideTestServers } from '../dev/test-servers';
import { onServer, targetOf } from './database';
import { findDrift } from './drift';
import { migrate } from './migrate';

/** `npm run prisma:check`: fails when schema.prisma and the migrations disagree. Brings its own PostgreSQL if need be. */
async function main(): Promise<void> {
  const stop = await provideTestServers(['postgres']);
  const url = new URL(process.env['CONVENE_TEST_DATABASE_URL'] as string);
  url.pathname = `convene_drift_${randomUUID()}`;
  const target = targetOf(url.href);
  try {
    await migrate(url.href);
    const drift = await findDrift(target);
    if (drift === undefined) return console.log('schema.prisma and the migrations agree');
    console.error(`schema.prisma and the migrations disagree. What a new migration would have to contain:\n\n${drift}`);
    process.exitCode = 1;
  } finally {
    await onServer(target, `DROP DATABASE IF EXISTS "${target.database}" WITH (FORCE)`);
    await stop();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
