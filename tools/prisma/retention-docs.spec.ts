import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (path: string) => readFileSync(join(__dirname, '../..', path), 'utf8');

it('docs/retention.md tells of each table of the schema, and of no other, what bounds it', () => {
  const tables = [...read('prisma/schema.prisma').matchAll(/^ {2}@@map\("(\w+)"\)$/gm)].map(([, table]) => table);
  const rows = read('docs/retention.md').match(/^\| `.+$/gm) ?? [];
  const documented = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, table]) => table),
  );
  expect(tables.length).toBeGreaterThan(0);
  expect(documented.sort()).toEqual(tables.sort());
});
