import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '@convene/testing/temp-dir';
import { migrationFaults } from './lint-migrations';
import { PRISMA_DIR } from './migrate';

/** Those before it were written before the first release, when no installation had a row. Migrations are not edited afterwards. */
const FIRST_RELEASE = '20261129000000';

const names = readdirSync(join(PRISMA_DIR, 'migrations')).filter((name) => /^\d{14}_/.test(name));
const fileOf = (name: string) => join(PRISMA_DIR, 'migrations', name, 'migration.sql');

it('migrations neither lock tables nor break the former release without a reason', () => {
  expect(migrationFaults(names.filter((name) => name >= FIRST_RELEASE).map(fileOf))).toEqual([]);
});

it('the check would have found what was written before the first release', () => {
  const faults = migrationFaults(names.filter((name) => name < FIRST_RELEASE).map(fileOf)).join('\n');
  for (const rule of ['ban-drop-column', 'require-concurrent-index-creation', 'constraint-missing-not-valid']) {
    expect(faults).toContain(rule);
  }
});

describe('a migration is refused that', () => {
  const faultsOf = (sql: string) => {
    const file = join(tempDir('migration'), 'migration.sql');
    writeFileSync(file, `${sql}\n`);
    return migrationFaults([file]).join('\n');
  };

  it.each([
    ['drops a column', 'ALTER TABLE users DROP COLUMN time_zone;', 'ban-drop-column'],
    ['drops a table', 'DROP TABLE users;', 'ban-drop-table'],
    ['renames a column', 'ALTER TABLE users RENAME COLUMN email TO address;', 'renaming-column'],
    ['renames a table', 'ALTER TABLE users RENAME TO people;', 'renaming-table'],
    ['changes a type', 'ALTER TABLE users ALTER COLUMN email TYPE varchar(20);', 'changing-column-type'],
    ['demands a value', 'ALTER TABLE users ADD COLUMN age int NOT NULL;', 'adding-required-field'],
    ['makes a column NOT NULL', 'ALTER TABLE users ALTER COLUMN email SET NOT NULL;', 'adding-not-nullable-field'],
    ['builds an index', 'CREATE INDEX users_age_idx ON users (age);', 'require-concurrent-index-creation'],
    [
      'validates a constraint at once',
      'ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0);',
      'constraint-missing-not-valid',
    ],
  ])('%s', (_, sql, rule) => {
    expect(faultsOf(sql)).toContain(rule);
    const ignored = `-- squawk-ignore ${rule}\n${sql}`;
    expect(faultsOf(ignored)).toContain(':1: state above it, as "-- Reason: …"');
    expect(faultsOf(`-- Reason: short\n${ignored}`)).toContain(':2: state above it');
    expect(faultsOf(`-- Reason: the table has a row per company at most,\n-- and is empty so far.\n${ignored}`)).toBe(
      '',
    );
  });

  it('but not one that only adds', () => {
    const sql = `ALTER TABLE users ADD COLUMN age int;
      CREATE TABLE badges (id uuid PRIMARY KEY, name text NOT NULL);
      CREATE INDEX badges_name_idx ON badges (name);
      ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID;`;
    expect(faultsOf(sql)).toBe('');
  });
});
