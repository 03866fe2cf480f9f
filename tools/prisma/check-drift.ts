import { targetOf } from './database';
import { NO_FILTERS, readMigrations, readSchema } from './migration-files';
import { withSchemaEngine } from './schema-engine';

/**
 * The SQL that would bring the migrations to what schema.prisma says; undefined when they agree. The engine replays the
 * migrations in a database of its own on the server of `databaseUrl` and drops it again; yours is not looked into.
 * What Prisma cannot express (partitions, partial and expression indexes, CHECKs, functions) it does not compare.
 */
export async function findDrift(databaseUrl: string): Promise<string | undefined> {
  const schema = readSchema();
  const target = { ...targetOf(databaseUrl), database: 'postgres' };
  return withSchemaEngine(target, schema, async (engine) => {
    const result = await engine.diff({
      from: { tag: 'migrations', ...readMigrations() },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: true,
      exitCode: true,
      filters: NO_FILTERS,
    });
    return result.exitCode === 0 ? undefined : (result.stdout ?? '');
  });
}
