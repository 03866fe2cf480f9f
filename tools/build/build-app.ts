/**
 * Builds one app, or the program `migrate`, into `dist/apps/<app>`: a bundle of our own code, and a manifest and lockfile of exactly the packages
 * it imports. `npm ci --omit=dev && node main.js` runs a copy of that folder anywhere; deploy/docker/map-stack.mjs maps stack traces.
 *
 *   node --import tsx tools/build/build-app.ts <app>
 */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { imageSizeMb } from './image-size';
import { nodeFlags } from './node-flags';
import { productionDependencies, type WorkspaceManifest, writeLockfile } from './production-dependencies';
import { swcPlugin } from './swc-plugin';

const ROOT = resolve(__dirname, '../..');

/** Programs that run once and end, with the folders that they read at run time, copied beside them. */
const TOOLS: Record<string, { entry: string; assets: string[] }> = {
  migrate: { entry: 'tools/prisma/migrate-cli.ts', assets: ['prisma'] },
};

async function buildApp(app: string): Promise<void> {
  const outdir = join(ROOT, 'dist/apps', app);
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const { entry, assets } = TOOLS[app] ?? { entry: join('apps', app, 'src/main.ts'), assets: [] };
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile: join(outdir, 'main.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    tsconfig: join(ROOT, 'tsconfig.base.json'),
    sourcemap: true,
    sourcesContent: false,
    keepNames: true,
    metafile: true,
    logLevel: 'warning',
    plugins: [swcPlugin],
  });
  await nameFunctionsOnce(join(outdir, 'main.js'));
  for (const folder of assets) await cp(join(ROOT, folder), join(outdir, folder), { recursive: true });
  const workspace = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as WorkspaceManifest;
  const manifest = {
    name: app,
    version: workspace.version,
    private: true,
    license: workspace.license,
    main: 'main.js',
    engines: workspace.engines,
    scripts: { start: ['node', ...nodeFlags(app), 'main.js'].join(' ') },
    dependencies: productionDependencies(metafile, workspace),
    overrides: workspace.overrides,
  };
  await writeFile(join(outdir, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await writeLockfile(outdir);
  await writeFile(join(outdir, 'node-flags'), nodeFlags(app).join(' '));
  console.log(`${app}: ${imageSizeMb(app, outdir).toFixed(1)} MB beyond the base image`);
}

const NAME_ALL = 'var __name = (target, value) => __defProp(';
const NAME_RENAMED = 'var __name = (target, value) => target.name === value ? target : __defProp(';

/**
 * esbuild's `keepNames` defines the name of every inner function each time it is created, which takes 0.3 µs. Only functions that
 * esbuild has renamed need it.
 */
async function nameFunctionsOnce(file: string): Promise<void> {
  const code = await readFile(file, 'utf8');
  if (!code.includes(NAME_ALL)) throw new Error(`${file} has no helper of keepNames as esbuild wrote it`);
  await writeFile(file, code.replace(NAME_ALL, NAME_RENAMED));
}

const app = process.argv[2];
if (!app) throw new Error('Usage: node --import tsx tools/build/build-app.ts <app>');
buildApp(app).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
