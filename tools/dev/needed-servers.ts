import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { ServerName } from './servers/server';

const ROOT = resolve(__dirname, '../..');

/** The helpers of libs/testing that need each server (vhosts are handed out by a counter in Redis). */
const users: Record<ServerName, string[]> = {
  postgres: ['test-database'],
  redis: ['test-redis', 'test-vhost'],
  rabbitmq: ['test-vhost'],
};

/** The servers that the specs below `roots` use: what esbuild would bundle with them. Pure libraries start none. */
export async function neededServers(roots: string[], isChosen = (_file: string) => true): Promise<ServerName[]> {
  const folders = roots.flatMap((root) =>
    root === ROOT ? ['apps', 'libs', 'tools'].map((it) => join(ROOT, it)) : root,
  );
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  );
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: files.filter((file) => file.endsWith('.spec.ts') && isChosen(file)),
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'dist',
    platform: 'node',
    packages: 'external',
    tsconfig: 'tsconfig.base.json',
    logLevel: 'silent',
  });
  const isUsed = (helper: string) => `libs/testing/src/${helper}.ts` in metafile.inputs;
  return (Object.keys(users) as ServerName[]).filter((name) => users[name].some(isUsed));
}
