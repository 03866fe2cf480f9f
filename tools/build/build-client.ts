/**
 * Builds the SDK into `dist/libs/client`, a package for ESM and CommonJS with its own types.
 *
 *   node --import tsx tools/build/build-client.ts
 */
import { readFileSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { writeDeclarations } from './client-declarations';
import type { WorkspaceManifest } from './production-dependencies';

const ROOT = resolve(__dirname, '../..');
const OUT = join(ROOT, 'dist/libs/client');
const RUNTIME = 'socket.io-client';

async function bundle(format: 'esm' | 'cjs', outfile: string): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['libs/client/src/index.ts'],
    outfile: join(OUT, outfile),
    bundle: true,
    format,
    platform: 'neutral',
    target: 'es2021',
    minify: true,
    packages: 'external',
    tsconfig: join(ROOT, 'tsconfig.base.json'),
    sourcemap: true,
    logLevel: 'warning',
  });
}

async function writeManifest(): Promise<void> {
  const workspace = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as WorkspaceManifest & {
    devDependencies: Record<string, string>;
  };
  const manifest = {
    name: '@convene/client',
    version: workspace.version,
    description: 'The live stream of Convene, for browsers and Node',
    license: workspace.license,
    sideEffects: false,
    main: './index.cjs',
    module: './index.mjs',
    types: './types/index.d.cts',
    exports: {
      '.': {
        import: { types: './types/index.d.mts', default: './index.mjs' },
        require: { types: './types/index.d.cts', default: './index.cjs' },
      },
      './package.json': './package.json',
    },
    engines: workspace.engines,
    dependencies: { [RUNTIME]: `^${workspace.devDependencies[RUNTIME] ?? ''}` },
  };
  await writeFile(join(OUT, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function buildClient(): Promise<void> {
  await rm(OUT, { recursive: true, force: true });
  await mkdir(OUT, { recursive: true });
  await bundle('esm', 'index.mjs');
  await bundle('cjs', 'index.cjs');
  writeDeclarations(join(ROOT, 'libs/client/src/index.ts'), join(OUT, 'types'));
  await writeManifest();
  await cp(join(ROOT, 'LICENSE'), join(OUT, 'LICENSE'));
}

buildClient().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
