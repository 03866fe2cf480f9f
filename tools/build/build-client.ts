/**
 * Builds the SDK into `dist/libs/client`, a package for ESM and CommonJS with its own types, prints its size, and uses it
 * once as others will. Fails above the budget, and when anything but the SDK's own code is in it.
 *
 *   node --import tsx tools/build/build-client.ts
 */
import { readFileSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { checkPackage } from './check-client';
import { writeDeclarations } from './client-declarations';
import { importedPackages, type WorkspaceManifest } from './production-dependencies';

const ROOT = resolve(__dirname, '../..');
const SOURCE = join(ROOT, 'libs/client/src');
const OUT = join(ROOT, 'dist/libs/client');
const RUNTIME = 'socket.io-client';
/** Bytes that a page pays for the SDK beside socket.io-client. */
const BUDGET = { raw: 16_000, gzip: 6_000 };

async function bundle(format: 'esm' | 'cjs', outfile: string): Promise<void> {
  const { metafile } = await build({
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
    metafile: true,
    logLevel: 'warning',
  });
  checkContents(metafile);
}

function checkContents(metafile: Metafile): void {
  const foreign = Object.keys(metafile.inputs).filter((path) => !path.startsWith('libs/client/src/'));
  const packages = importedPackages(metafile).filter((name) => name !== RUNTIME);
  if (foreign.length + packages.length > 0) {
    throw new Error(`The SDK contains more than itself: ${[...foreign, ...packages].join(', ')}`);
  }
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

function weigh(): void {
  const code = readFileSync(join(OUT, 'index.mjs'));
  const size = { raw: code.length, gzip: gzipSync(code, { level: 9 }).length };
  const kB = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`;
  console.log(`@convene/client: ${kB(size.raw)}, gzip ${kB(size.gzip)} (socket.io-client not counted)`);
  if (size.raw > BUDGET.raw || size.gzip > BUDGET.gzip) {
    throw new Error(`The SDK may have ${kB(BUDGET.raw)}, gzip ${kB(BUDGET.gzip)}`);
  }
}

async function buildClient(): Promise<void> {
  await rm(OUT, { recursive: true, force: true });
  await mkdir(OUT, { recursive: true });
  await bundle('esm', 'index.mjs');
  await bundle('cjs', 'index.cjs');
  writeDeclarations(join(SOURCE, 'index.ts'), join(OUT, 'types'));
  await writeManifest();
  await cp(join(ROOT, 'LICENSE'), join(OUT, 'LICENSE'));
  weigh();
  checkPackage(OUT);
}

buildClient().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
