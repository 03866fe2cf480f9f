import { join } from 'node:path';
import { build } from 'esbuild';
import { APPS, ROOT } from './apps';

/** The files of this repository that end up in the bundle of each app, by path. */
export async function modulesOfApps(): Promise<Map<string, Set<string>>> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(APPS.map((app) => [app, `apps/${app}/src/main.ts`])),
    outdir: join(ROOT, 'dist/reference'),
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    tsconfig: join(ROOT, 'tsconfig.base.json'),
    metafile: true,
    logLevel: 'error',
  });
  const apps = new Map<string, Set<string>>();
  for (const [output, { inputs }] of Object.entries(metafile.outputs)) {
    const app = /([^/]+)\.js$/.exec(output)?.[1] as string;
    for (const path of Object.keys(inputs)) {
      if (path.startsWith('node_modules')) continue;
      apps.set(path, (apps.get(path) ?? new Set()).add(app));
    }
  }
  return apps;
}
