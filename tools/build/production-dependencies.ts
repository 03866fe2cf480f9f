import { builtinModules } from 'node:module';
import type { Metafile } from 'esbuild';

/** The fields of the workspace's package.json that an app's own one is made from. */
export interface WorkspaceManifest {
  version: string;
  license: string;
  engines: Record<string, string>;
  dependencies: Record<string, string>;
}

const BUILTINS = new Set(builtinModules);

/** `@scope/name/sub/path` and `name/sub` are both ways into one package. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The packages that a bundle still imports at run time, by name and sorted. */
export function importedPackages(metafile: Metafile): string[] {
  const externals = Object.values(metafile.outputs)
    .flatMap((output) => output.imports)
    .filter(({ external, path }) => external && !path.startsWith('node:') && !BUILTINS.has(path))
    .map(({ path }) => packageOf(path));
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
