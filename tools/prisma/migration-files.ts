import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { MigrationList } from '@prisma/schema-engine-wasm';

/** Where `prisma/` lies: in the repository, or wherever an image put it. */
export const PRISMA_DIR = resolve(process.env['PRISMA_DIR'] ?? join(__dirname, '../../prisma'));

export const NO_FILTERS = { externalTables: [], externalEnums: [] };

export function readSchema(): { path: string; content: string } {
  const path = join(PRISMA_DIR, 'schema.prisma');
  return { path, content: readFileSync(path, 'utf8') };
}

/** The migrations on disk, in the form and order in which the engine takes them. */
export function readMigrations(): MigrationList {
  const baseDir = join(PRISMA_DIR, 'migrations');
  const directories = readdirSync(baseDir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = directories.map((entry) => entry.name).sort();
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: readFileSync(join(baseDir, 'migration_lock.toml'), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(join(baseDir, name, 'migration.sql'), 'utf8') },
      },
    })),
  };
}
