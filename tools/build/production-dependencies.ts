import { execFile } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';

/** The fields of the workspace's package.json that an app's own one is made from. */
export interface WorkspaceManifest {
  version: string;
  license: string;
  engines: Record<string, string>;
  dependencies: Record<string, string>;
  overrides: Record<string, string>;
}

/** The packages that a bundle still imports at run time, by name (`@scope/name` of `@scope/name/sub`) and sorted. */
function importedPackages(metafile: Metafile): string[] {
  const externals = Object.values(metafile.outputs)
    .flatMap((output) => output.imports)
    .filter(({ external, path }) => external && !isBuiltin(path))
    .map(({ path }) => /^(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path);
  return [...new Set(externals)].sort();
}

/**
 * Exactly what the bundle imports, in exactly the workspace's versions.
 * @throws Error when the bundle imports a package that the workspace does not list under `dependencies`: it
 * would be found here, through hoisting or as a development dependency, and be missing in production.
 */
export function productionDependencies(metafile: Metafile, workspace: WorkspaceManifest): Record<string, string> {
  const packages = importedPackages(metafile);
  const missing = packages.filter((name) => !(name in workspace.dependencies));
  if (missing.length > 0) {
    throw new Error(`Imported at run time but not under "dependencies" of package.json: ${missing.join(', ')}`);
  }
  return Object.fromEntries(packages.map((name) => [name, workspace.dependencies[name] ?? '']));
}

interface Lockfile {
  packages: Record<string, { peer?: boolean; optional?: boolean }>;
}

/** npm 10 keeps packages that only optional peers lead to, hundreds of MB of them; npm 11 leaves them out. */
async function dropOptionalPeers(path: string): Promise<void> {
  const lockfile = JSON.parse(await readFile(path, 'utf8')) as Lockfile;
  lockfile.packages = Object.fromEntries(
    Object.entries(lockfile.packages).filter(([, { peer, optional }]) => !(peer && optional)),
  );
  await writeFile(path, `${JSON.stringify(lockfile, null, 2)}\n`);
}

/**
 * Writes the part of the workspace's lockfile that the package.json of a folder reaches: npm prunes a copy, offline. Each
 * package keeps its version and place, so that what was tested is what runs.
 */
export async function writeLockfile(folder: string): Promise<void> {
  const lockfile = join(folder, 'package-lock.json');
  await copyFile(resolve(__dirname, '../../package-lock.json'), lockfile);
  const flags = ['--package-lock-only', '--offline', '--ignore-scripts', '--omit-lockfile-registry-resolved'];
  await promisify(execFile)('npm', ['install', ...flags, '--no-audit', '--no-fund'], { cwd: folder });
  await dropOptionalPeers(lockfile);
}
