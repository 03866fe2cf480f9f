import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '@convene/testing/temp-dir';
import { imageSizeMb } from './image-size';

const MB = 1_000_000;

/** A built app of so many MB, with these packages in its lockfile. */
function built(mb: number, ...packages: string[]): string {
  const folder = tempDir('image-size');
  const paths = ['', ...packages.map((name) => `node_modules/${name}`)];
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ packages: Object.fromEntries(paths.map((path) => [path, {}])) }),
  );
  writeFileSync(join(folder, 'main.js'), '');
  truncateSync(join(folder, 'main.js'), mb * MB);
  return folder;
}

describe('what an image adds to its base', () => {
  it('is the built folder and the packages of its lockfile that are installed', () => {
    expect(imageSizeMb('migrate', built(2))).toBeCloseTo(2, 2);
    const withPackages = imageSizeMb('invites-worker', built(2, 'rxjs', 'of-another-platform'));
    expect(withPackages).toBeGreaterThan(3);
    expect(withPackages).toBeLessThan(20);
  });

  it.each([
    ['migrate', 7],
    ['a-generated-worker', 57],
  ])('fails the build of %s with %d MB', (app, mb) => {
    expect(() => imageSizeMb(app, built(mb))).toThrow(/MB beyond its base image, and its budget is/);
  });
});
