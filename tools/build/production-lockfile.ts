/** The fields of an entry of package-lock.json that say what it needs. */
export interface LockedPackage {
  version?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  devOptional?: boolean;
  [field: string]: unknown;
}

export interface Lockfile {
  lockfileVersion: number;
  packages: Record<string, LockedPackage>;
}

export interface Manifest {
  name: string;
  version: string;
  dependencies: Record<string, string>;
  [field: string]: unknown;
}

/**
 * The part of the workspace's lockfile that an app's dependencies reach, at the same places, so that what was tested
 * is what runs. Optional peers are left out: Prisma's client alone would bring its CLI, TypeScript and React.
 */
export function productionLockfile(workspace: Lockfile, manifest: Manifest) {
  const packages: Record<string, LockedPackage> = {};
  const visit = (from: string, name: string, required: boolean): void => {
    const path = locate(workspace, from, name);
    if (path === undefined) {
      if (required) throw new Error(`${name}, which ${from || manifest.name} needs, is not in package-lock.json`);
      return;
    }
    const found = workspace.packages[path];
    if (!found || path in packages) return;
    packages[path] = withoutDevelopment(found);
    for (const dependency of Object.keys(found.dependencies ?? {})) visit(path, dependency, true);
    for (const dependency of Object.keys(found.optionalDependencies ?? {})) visit(path, dependency, false);
    for (const peer of Object.keys(found.peerDependencies ?? {})) {
      if (!found.peerDependenciesMeta?.[peer]?.optional) visit(path, peer, true);
    }
  };
  for (const name of Object.keys(manifest.dependencies)) visit('', name, true);

  const sorted = Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1));
  const { name, version } = manifest;
  return {
    name,
    version,
    lockfileVersion: workspace.lockfileVersion,
    requires: true,
    packages: { '': manifest, ...Object.fromEntries(sorted) },
  };
}

/** Where Node would find `name` from inside the package at `from`: the nearest node_modules upwards. */
function locate({ packages }: Lockfile, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const path = folder ? `${folder}/node_modules/${name}` : `node_modules/${name}`;
    if (path in packages) return path;
    if (!folder) return undefined;
  }
}

/** "Optional, or for development" is just optional here. */
function withoutDevelopment({ devOptional, ...entry }: LockedPackage): LockedPackage {
  return devOptional ? { ...entry, optional: true } : entry;
}
