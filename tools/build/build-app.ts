/**
 * Builds one app, or the program `migrate`, into `dist/apps/<app>`: a bundle of our own code, and a manifest and lockfile of exactly the packages
 * it imports. `npm ci --omit=dev && node --enable-source-maps main.js` runs a copy of that folder anywhere.
 *
 *   node --import tsx tools/build/build-app.ts <app>
 */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { productionDependencies, type WorkspaceManifest } from './production-dependencies';
import { type Lockfile, productionLockfile } from './production-lockfile';
import { swcPlugin } from './swc-plugin';

const ROOT = resolve(__dirname, '../..');

interface Program {
  entry: string;
  /** Folders that it reads at run time, copied beside it. */
  assets: string[];
}

/** What is deployed beside the apps: programs that run once and end. */
const TOOLS: Record<string, Program> = {
  migrate: { entry: 'tools/prisma/migrate-cli.ts', assets: ['prisma'] },
};

const programOf = (name: string): Program => TOOLS[name] ?? { entry: join('apps', name, 'src/main.ts'), assets: [] };

async function bundle(entry: string, outdir: string) {
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
  return metafile;
}

async function buildApp(app: string): Promise<void> {
  const outdir = join(ROOT, 'dist/apps', app);
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });

  const { entry, assets } = programOf(app);
  const metafile = await bundle(entry, outdir);
  for (const folder of assets) await cp(join(ROOT, folder), join(outdir, folder), { recursive: true });
  const workspace = await readJson<WorkspaceManifest>('package.json');
  const manifest = {
    name: app,
    version: workspace.version,
    private: true,
    license: workspace.license,
    main: 'main.js',
    engines: workspace.engines,
    scripts: { start: 'node --enable-source-maps main.js' },
    dependencies: productionDependencies(metafile, workspace),
  };
  await writeJson(join(outdir, 'package.json'), manifest);
  const lockfile = await readJson<Lockfile>('package-lock.json');
  await writeJson(join(outdir, 'package-lock.json'), productionLockfile(lockfile, manifest));
}

const readJson = async <T>(file: string) => JSON.parse(await readFile(join(ROOT, file), 'utf8')) as T;
const writeJson = (path: string, content: object) => writeFile(path, `${JSON.stringify(content, null, 2)}\n`);

const app = process.argv[2];
if (!app) {
  console.error('Usage: node --import tsx tools/build/build-app.ts <app>');
  process.exit(1);
}
buildApp(app).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
