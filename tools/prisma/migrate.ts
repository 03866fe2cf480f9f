import { ensureDatabase, targetOf, withClient } from './database';
import { NO_FILTERS, readMigrations, readSchema } from './migration-files';
import { withSchemaEngine } from './schema-engine';

/**
 * Applies what is not applied yet and returns the names, oldest first. Creates the database where it does not exist.
 * Simultaneous runs wait for one another. A migration is one transaction, so one that failed or was killed has left
 * nothing behind, and the next run simply tries it again.
 * Connect it to PostgreSQL itself: PgBouncer's transaction mode would lose the lock.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const target = targetOf(databaseUrl);
  await ensureDatabase(target);
  return withClient(target, async (lock) => {
    await lock.query(`SELECT pg_advisory_lock(hashtext('convene:migrate'))`);
    return withSchemaEngine(target, readSchema(), async (engine) => {
      const migrationsList = readMigrations();
      const { failedMigrationNames } = await engine.diagnoseMigrationHistory({
        migrationsList,
        optInToShadowDatabase: false,
        filters: NO_FILTERS,
      });
      for (const migrationName of failedMigrationNames) await engine.markMigrationRolledBack({ migrationName });
      const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: NO_FILTERS });
      return appliedMigrationNames;
    });
  });
}
