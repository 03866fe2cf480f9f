/**
 * Fails when an entry of package-lock.json has no `integrity`: npm installs such a package without verifying it. Plain Node
 * without dependencies, because CI runs it before it installs anything. The path of another lockfile may be given.
 */
import { readFileSync } from 'node:fs';

const file = process.argv[2] ?? 'package-lock.json';
const { packages } = JSON.parse(readFileSync(file, 'utf8'));
const unverified = Object.entries(packages)
  // The workspace itself ('') and links to folders of it have nothing to verify.
  .filter(([path, { link, integrity }]) => path !== '' && !link && !integrity)
  .map(([path, { version }]) => `  ${path}@${version}`);
if (unverified.length > 0) {
  console.error(`${file}: these entries have no integrity; "npm view <name>@<version> dist.integrity" prints it:`);
  console.error(unverified.join('\n'));
  process.exit(1);
}
