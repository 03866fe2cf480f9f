import { join } from 'node:path';
import type { Client } from 'pg';
import { z } from 'zod';
import { PRISMA_DIR } from './migrate';

/** Of the former release; `npm run prisma:release` writes it. */
export const CONTRACT_FILE = join(PRISMA_DIR, 'released-schema.json');

const Column = z.strictObject({ type: z.string(), needsValue: z.boolean() });
/** What the statements of a release use of the schema. */
export const SchemaContract = z.strictObject({
  tables: z.record(z.string(), z.record(z.string(), Column)),
  enums: z.record(z.string(), z.array(z.string())),
  /** With the types of their arguments and of their result. */
  functions: z.array(z.string()),
  /** The columns that `ON CONFLICT` may name. */
  uniques: z.array(z.string()),
});
export type SchemaContract = z.infer<typeof SchemaContract>;

const OF_PUBLIC = `relnamespace = 'public'::regnamespace AND NOT relispartition AND relkind IN ('r', 'p')`;

/** Reads it from a migrated database. */
export async function readContract(client: Client): Promise<SchemaContract> {
  const { rows: columns } = await client.query<{ tab: string; col: string; type: string; needsValue: boolean }>(
    `SELECT relname AS tab, attname AS col, format_type(atttypid, atttypmod) AS type,
       attnotnull AND NOT atthasdef AND attidentity = '' AS "needsValue"
     FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
     WHERE ${OF_PUBLIC} AND relname <> '_prisma_migrations' ORDER BY relname, attname`,
  );
  const tables: SchemaContract['tables'] = {};
  for (const { tab, col, type, needsValue } of columns) (tables[tab] ??= {})[col] = { type, needsValue };
  const { rows: enums } = await client.query<{ name: string; values: string[] }>(
    `SELECT typname AS name, array_agg(enumlabel::text ORDER BY enumsortorder) AS values
     FROM pg_type JOIN pg_enum ON enumtypid = pg_type.oid GROUP BY typname ORDER BY typname`,
  );
  const { rows: functions } = await client.query<{ signature: string }>(
    `SELECT oid::regprocedure || ' → ' || pg_get_function_result(oid) AS signature
     FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1`,
  );
  const { rows: uniques } = await client.query<{ definition: string }>(
    `SELECT relname || ' (' || string_agg(pg_get_indexdef(indexrelid, nth, true), ', ' ORDER BY nth) || ')'
       || coalesce(' WHERE ' || pg_get_expr(indpred, indrelid), '') AS definition
     FROM pg_index JOIN pg_class ON pg_class.oid = indrelid, generate_series(1, indnkeyatts) AS nth
     WHERE indisunique AND ${OF_PUBLIC} AND relname <> '_prisma_migrations' GROUP BY relname, indexrelid, indpred, indrelid ORDER BY 1`,
  );
  return {
    tables,
    enums: Object.fromEntries(enums.map(({ name, values }) => [name, values])),
    functions: functions.map(({ signature }) => signature),
    uniques: uniques.map(({ definition }) => definition),
  };
}

/** What processes of the release that `former` is of could no longer do with a schema of `now`. */
export function brokenBy(now: SchemaContract, former: SchemaContract): string[] {
  const columns = Object.entries(former.tables).flatMap(([table, had]) => {
    const has = now.tables[table];
    if (!has) return [`the table ${table} is gone`];
    const changed = Object.entries(had).flatMap(([column, { type, needsValue }]) => {
      const kept = has[column];
      if (!kept) return [`${table}.${column} is gone`];
      return [
        ...(kept.type === type ? [] : [`${table}.${column} is ${kept.type}, and was ${type}`]),
        ...(kept.needsValue && !needsValue ? [`${table}.${column} needs a value, and did not`] : []),
      ];
    });
    const demanded = Object.entries(has).filter(([column, { needsValue }]) => !(column in had) && needsValue);
    return [
      ...changed,
      ...demanded.map(([column]) => `${table}.${column} needs a value that the release does not know of`),
    ];
  });
  const values = Object.entries(former.enums).flatMap(([name, had]) =>
    had.filter((value) => !now.enums[name]?.includes(value)).map((value) => `${name} has no ${value} any more`),
  );
  const gone = (kind: string, had: readonly string[], has: readonly string[]) =>
    had.filter((one) => !has.includes(one)).map((one) => `the ${kind} ${one} is gone`);
  return [
    ...columns,
    ...values,
    ...gone('function', former.functions, now.functions),
    ...gone('unique key', former.uniques, now.uniques),
  ];
}
