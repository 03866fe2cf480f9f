import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { tempDir } from '@convene/testing/temp-dir';
import { writeLockfile } from './production-dependencies';

interface Lockfile {
  packages: Record<string, { dev?: boolean; devOptional?: boolean; version: string }>;
}
const read = (folder: string) => JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as Lockfile;

describe('the lockfile of an app', () => {
  const workspace = read(resolve(__dirname, '../..')).packages;
  let packages: Lockfile['packages'];

  beforeAll(async () => {
    const folder = tempDir('lockfile');
    const dependencies = Object.fromEntries(
      ['@nestjs/microservices', '@prisma/client'].map((name) => [name, workspace[`node_modules/${name}`]?.version]),
    );
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0', dependencies }));
    await writeLockfile(folder);
    ({ packages } = read(folder));
  }, 120_000);

  it('keeps the reachable packages, each in the tested place and version', () => {
    const paths = Object.keys(packages).filter((path) => path !== '');
    expect(paths).toContain('node_modules/iterare');
    expect(paths).toContain('node_modules/@prisma/client-runtime-utils');
    for (const path of paths) expect(packages[path]).toMatchObject({ version: workspace[path]?.version });
  });

  it('keeps the peers that are needed, and leaves out the optional ones', () => {
    expect(packages).toHaveProperty(['node_modules/rxjs']);
    expect(packages).not.toHaveProperty(['node_modules/prisma']);
    expect(packages).not.toHaveProperty(['node_modules/typescript']);
  });

  it('contains no development dependency', () => {
    expect(Object.values(packages).filter(({ dev, devOptional }) => dev || devOptional)).toEqual([]);
  });
});
