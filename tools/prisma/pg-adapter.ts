import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory, SqlQuery } from '@prisma/driver-adapter-utils';
import type { PoolConfig, QueryArrayResult } from 'pg';
import { escapeIdentifier, Pool } from 'pg';
import { onServer } from './database';

/** PostgreSQL's internal `"char"` type, which Prisma's adapter refuses although the engine's introspection reads it. */
const CHAR_OID = 18;
const TEXT_OID = 25;
const COLUMN_TYPE_CHARACTER = 6;

export interface MigrationAdapter extends SqlMigrationAwareDriverAdapterFactory {
  /** Closes what the engine left open: it disposes of shadow databases, but never of the main connection. */
  close(): Promise<void>;
}

/** Prisma's node-postgres adapter with its faults as a server of the schema engine put right. */
export function migrationAdapter(target: PoolConfig): MigrationAdapter {
  const mains: SqlDriverAdapter[] = [];
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    async connect() {
      const main = await open(target);
      mains.push(main);
      return main;
    },
    async close() {
      await Promise.all(mains.map((main) => main.dispose()));
    },
    /** Prisma's own, given a connection string, would migrate the main database instead of the shadow. */
    async connectToShadowDb() {
      const database = `convene_shadow_${randomUUID()}`;
      await onServer(target, `CREATE DATABASE ${escapeIdentifier(database)}`);
      const drop = () => onServer(target, `DROP DATABASE IF EXISTS ${escapeIdentifier(database)} WITH (FORCE)`);
      return open({ ...target, database }, drop);
    },
  };
}

async function open(target: PoolConfig, afterClose?: () => Promise<unknown>): Promise<SqlDriverAdapter> {
  const pool = new Pool({ ...target, max: 1 });
  const adapter = await new PrismaPg(pool).connect();
  const performIO = (adapter as unknown as { performIO(query: SqlQuery): Promise<QueryArrayResult> }).performIO.bind(
    adapter,
  );
  const queryRaw = adapter.queryRaw.bind(adapter);
  const charColumns = new WeakMap<SqlQuery, number[]>();
  return Object.assign(adapter, {
    async performIO(query: SqlQuery) {
      const result = await performIO(query);
      const isChar = (field: { dataTypeID: number }) => field.dataTypeID === CHAR_OID;
      charColumns.set(
        query,
        result.fields.flatMap((field, index) => (isChar(field) ? [index] : [])),
      );
      return {
        ...result,
        fields: result.fields.map((field) => (isChar(field) ? { ...field, dataTypeID: TEXT_OID } : field)),
      };
    },
    async queryRaw(query: SqlQuery) {
      const result = await queryRaw(query);
      for (const index of charColumns.get(query) ?? []) result.columnTypes[index] = COLUMN_TYPE_CHARACTER;
      return result;
    },
    /** Prisma's splits at every `;`, even inside a function body. Sent whole, a script is also one transaction. */
    async executeScript(script: string) {
      await pool.query(script);
    },
    async dispose() {
      if (!pool.ended) await pool.end();
      await afterClose?.();
    },
  });
}
