#!/usr/bin/env node
/**
 * Generates the Prisma client into libs/prisma/src/generated, and only when the schema or Prisma's version changed.
 * Works without any download: the generator is TypeScript and WASM, and the schema engine that Prisma insists on
 * finding is never started by `generate`, so that any executable stands in for it. (Never point `prisma migrate` at
 * such a stand-in: it reports success and applies nothing. See migrate.ts.)
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const schema = join(root, 'prisma/schema.prisma');
const output = join(root, 'libs/prisma/src/generated');
const stamp = join(output, '.generated-from');

const require = createRequire(import.meta.url);
const manifest = require.resolve('prisma/package.json');
const { version, bin } = require(manifest);

const wanted = createHash('sha256').update(version).update(readFileSync(schema)).digest('hex');
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(join(output, 'client.ts')))
  process.exit(0);

const run = spawnSync(process.execPath, [join(dirname(manifest), bin.prisma), 'generate', '--schema', schema], {
  cwd: root,
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  },
  encoding: 'utf8',
});
if (run.status !== 0) {
  process.stderr.write(`prisma generate failed:\n${run.stdout ?? ''}${run.stderr ?? ''}${run.error ?? ''}\n`);
  process.exit(1);
}
writeFileSync(stamp, wanted);
console.log('Generated the Prisma client from prisma/schema.prisma');
