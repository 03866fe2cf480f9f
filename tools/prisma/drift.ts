import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter, SqlQuery } from '@prisma/driver-adapter-utils';
import type { ClientConfig, QueryArrayResult } from 'pg';
import { PRISMA_DIR } from './migrate';

type Glue = typeof import('@prisma/schema-engine-wasm') & { __wbg_set_wasm(exports: object): void };

/** TypeScript describes WebAssembly among the browser's types only. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: Record<string, object>) => { exports: { __wbindgen_start(): void } };
};

/** Anchored at Prisma's adapter, whose own dependencies it finds, and inside node_modules, where ES modules need no warning. */
const nodeRequire = createRequire(require.resolve('@prisma/adapter-pg'));

/**
 * The SQL that would bring a database to what schema.prisma says; undefined when they agree. What Prisma cannot express
 * (partitions, partial and expression indexes, CHECKs, functions) it does not compare. Prisma's schema engine runs as
 * WebAssembly in this process, so that nothing has to be downloaded.
 */
export async function findDrift(target: ClientConfig): Promise<string | undefined> {
  const path = join(PRISMA_DIR, 'schema.prisma');
  const files = [{ path, content: readFileSync(path, 'utf8') }];
  const utils = nodeRequire('@prisma/driver-adapter-utils') as typeof import('@prisma/driver-adapter-utils');
  const adapter = withCharColumns(await new PrismaPg({ ...target, max: 1 }).connect());
  const factory = utils.bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: adapter.adapterName,
    connect: () => Promise.resolve(adapter),
    connectToShadowDb: () => Promise.reject(new Error('A comparison with a database needs no shadow of it')),
  });
  const datamodels = files.map(({ path, content }): [string, string] => [path, content]);
  const engine = await loadEngine().SchemaEngine.new({ datamodels }, () => undefined, factory);
  try {
    const result = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: PRISMA_DIR },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    });
    return result.exitCode === 0 ? undefined : (result.stdout ?? '');
  } finally {
    engine.free();
    await adapter.dispose();
  }
}

/** The package expects a bundler that imports `.wasm`; this does by hand what such a bundler would. */
function loadEngine(): Glue {
  const gluePath = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const glue = nodeRequire(gluePath) as Glue;
  const module = new WebAssembly.Module(readFileSync(join(dirname(gluePath), 'schema_engine_bg.wasm')));
  const { exports } = new WebAssembly.Instance(module, { './schema_engine_bg.js': glue });
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => console.error(message) },
  });
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  return glue;
}

/** PostgreSQL's internal `"char"` type, which Prisma's adapter refuses although the engine's introspection reads it. */
const CHAR_OID = 18;
const TEXT_OID = 25;
const COLUMN_TYPE_CHARACTER = 6;

/** Lets the adapter read `"char"` as text, and tells the engine the type that it had. */
function withCharColumns(adapter: SqlDriverAdapter): SqlDriverAdapter {
  const inner = adapter as SqlDriverAdapter & { performIO(query: SqlQuery): Promise<QueryArrayResult> };
  const performIO = inner.performIO.bind(adapter);
  const queryRaw = inner.queryRaw.bind(adapter);
  const charColumns = new WeakMap<SqlQuery, boolean[]>();
  return Object.assign(adapter, {
    async performIO(query: SqlQuery) {
      const result = await performIO(query);
      const isChar = result.fields.map(({ dataTypeID }) => dataTypeID === CHAR_OID);
      charColumns.set(query, isChar);
      const fields = result.fields.map((field, index) => (isChar[index] ? { ...field, dataTypeID: TEXT_OID } : field));
      return { ...result, fields };
    },
    async queryRaw(query: SqlQuery) {
      const result = await queryRaw(query);
      const isChar = charColumns.get(query);
      const columnTypes = result.columnTypes.map((type, index) => (isChar?.[index] ? COLUMN_TYPE_CHARACTER : type));
      return { ...result, columnTypes };
    },
  });
}
