import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import type { PoolConfig } from 'pg';
import { migrationAdapter } from './pg-adapter';

type Glue = typeof import('@prisma/schema-engine-wasm') & { __wbg_set_wasm(exports: object): void };

/** TypeScript describes WebAssembly among the browser's types only. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: Record<string, object>) => { exports: { __wbindgen_start(): void } };
};

/** Anchored at Prisma's adapter, whose own dependencies it finds, and inside node_modules, where ES modules need no warning. */
const nodeRequire = createRequire(require.resolve('@prisma/adapter-pg'));

let loaded: Glue | undefined;

/** The package expects a bundler that imports `.wasm`; this does by hand what such a bundler would. */
function loadEngine(): Glue {
  if (loaded) return loaded;
  const gluePath = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const glue = nodeRequire(gluePath) as Glue;
  const module = new WebAssembly.Module(readFileSync(join(dirname(gluePath), 'schema_engine_bg.wasm')));
  const { exports } = new WebAssembly.Instance(module, { './schema_engine_bg.js': withIdleTimers(glue) });
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => console.error(message) },
  });
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  return (loaded = glue);
}

/** The engine never clears the timeout of its lock; unless unreferenced, that keeps the process alive for 10 s. */
function withIdleTimers(glue: Glue): object {
  const name = Object.keys(glue).find((key) => key.startsWith('__wbg_setTimeout_'));
  if (!name) throw new Error('@prisma/schema-engine-wasm sets timers in an unknown way');
  return { ...glue, [name]: (callback: () => void, ms: number) => setTimeout(callback, ms >>> 0).unref() };
}

/** Prisma's schema engine as WebAssembly in this process, so that nothing has to be downloaded. */
export async function withSchemaEngine<T>(
  target: PoolConfig,
  schema: { path: string; content: string },
  use: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const utils = nodeRequire('@prisma/driver-adapter-utils') as typeof import('@prisma/driver-adapter-utils');
  const adapter = migrationAdapter(target);
  const options = { datamodels: [[schema.path, schema.content] as [string, string]] };
  const bound = utils.bindMigrationAwareSqlAdapterFactory(adapter);
  const engine = await loadEngine().SchemaEngine.new(options, () => undefined, bound);
  try {
    return await use(engine);
  } catch (error) {
    throw explain(error, (id) => bound.errorRegistry.consumeError(id)?.error);
  } finally {
    engine.free();
    await adapter.close();
  }
}

/** The engine knows what went wrong in the database by a number only, under which the adapter keeps it. */
function explain(error: unknown, original: (id: number) => unknown): unknown {
  const report = error instanceof Error ? error.message : '';
  const cause = original(Number(/External error id#(\d+)/.exec(report)?.[1]));
  if (!(cause instanceof Error)) return error;
  const migration = /migration_name=\\?"([^"\\]+)/.exec(report)?.[1];
  return new Error(migration ? `Migration ${migration} failed and was rolled back: ${cause.message}` : cause.message, {
    cause,
  });
}
