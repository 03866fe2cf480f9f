import { Client } from 'pg';
import { required } from './required';

/** Ends every connection to a database and refuses new ones, as a failover does. @returns a function that ends the outage. */
export async function beginOutage(databaseUrl: string): Promise<() => Promise<void>> {
  const name = new URL(databaseUrl).pathname.slice(1);
  const run = async (...statements: string[]) => {
    const client = new Client({ connectionString: required('CONVENE_TEST_DATABASE_URL') });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  await run(
    `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
  );
  return () => run(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
}
