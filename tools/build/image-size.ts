import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const MB = 1_000_000;

/** MB that each image may add to its base image. Half of the api-gateway's are the query compilers of @prisma/client. */
const budgetsMb: Readonly<Record<string, number>> = { 'api-gateway': 165, 'ws-gateway': 65, migrate: 6 };
const WORKER_MB = 56;

function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .map((entry) => join(entry.parentPath, entry.name))
    .reduce((sum, path) => {
      const stats = statSync(path);
      return sum + (stats.isDirectory() ? bytesIn(path) : stats.size);
    }, 0);
}

/** The packages of a lockfile that are installed here: those of other platforms are in no image of this one either. */
function packageFolders(lockfile: string): string[] {
  const { packages } = JSON.parse(readFileSync(lockfile, 'utf8')) as { packages: Record<string, unknown> };
  return Object.keys(packages)
    .filter((path) => path !== '')
    .map((path) => join(ROOT, path))
    .filter((folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory());
}

/**
 * MB that an image has beyond its base image: the built folder, and the packages of its lockfile.
 * @throws Error when that is more than its budget
 */
export function imageSizeMb(app: string, folder: string): number {
  const sizes = [folder, ...packageFolders(join(folder, 'package-lock.json'))].map(bytesIn);
  const mb = sizes.reduce((sum, size) => sum + size, 0) / MB;
  const budget = budgetsMb[app] ?? WORKER_MB;
  if (mb > budget) {
    throw new Error(
      `The image of ${app} would have ${mb.toFixed(1)} MB beyond its base image, and its budget is ${budget} MB`,
    );
  }
  return mb;
}
