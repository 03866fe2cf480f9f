import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { tempDir } from '@convene/testing/temp-dir';

const ROOT = resolve(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, match]) => match!);

const checkLockfile = (file: string) =>
  spawnSync(process.execPath, [join(ROOT, 'tools/lint/check-lockfile.mjs'), file], { encoding: 'utf8' });

describe('the lockfile check', () => {
  it('accepts the lockfile of this repository', () => {
    expect(checkLockfile(join(ROOT, 'package-lock.json'))).toMatchObject({ status: 0, stderr: '' });
  });

  it('refuses an entry without integrity, and names it', () => {
    const file = join(tempDir('lockfile'), 'package-lock.json');
    const packages = { '': {}, 'node_modules/left-pad': { version: '1.3.0' } };
    writeFileSync(file, JSON.stringify({ packages }));
    const { status, stderr } = checkLockfile(file);
    expect(status).toBe(1);
    expect(stderr).toContain('node_modules/left-pad@1.3.0');
  });
});

describe('pinned versions', () => {
  const images = [
    ...matches(read('docker-compose.yml'), /^ *image: (\S+)/gm),
    ...matches(read('deploy/docker/Dockerfile'), /^FROM (\S+:\S+)/gm),
  ];

  it.each(images)('%s names an exact version', (image) => {
    expect(image).toMatch(/:\d+\.\d+(\.\d+)?(-|$)/);
  });

  it('each image has one version everywhere', () => {
    const names = new Set(images.map((image) => image.split(':')[0]));
    expect(names).toEqual(new Set(['node', 'postgres', 'redis', 'rabbitmq']));
    expect(new Set(images).size).toBe(names.size);
  });

  it('GitHub actions are pinned to a commit, not to a tag that can move', () => {
    const actions = matches(read('.github/workflows/ci.yml'), /uses: (\S+)/g);
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) expect(action).toMatch(/@[0-9a-f]{40}$/);
  });
});

describe('install scripts', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> };
  const { allowScripts } = JSON.parse(read('package.json')) as { allowScripts: Record<string, boolean> };
  const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
  const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

  it('are each allowed or refused by name', () => {
    for (const [path] of scripted) expect(allowScripts).toHaveProperty([nameOf(path)]);
  });

  it('are refused in images, and none of the allowed ones belongs to a package of an image', () => {
    expect(read('deploy/docker/Dockerfile')).toContain('npm ci --omit=dev --ignore-scripts');
    const inImages = scripted.filter(([, { dev, devOptional }]) => !dev && !devOptional).map(([path]) => nameOf(path));
    expect(inImages.filter((name) => allowScripts[name])).toEqual([]);
  });
});

interface LockedPackage {
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}
