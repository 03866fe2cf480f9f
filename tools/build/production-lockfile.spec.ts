import { productionLockfile } from './production-lockfile';

const workspace = {
  lockfileVersion: 3,
  packages: {
    '': { dependencies: { web: '1.0.0', queue: '2.0.0' } },
    'node_modules/web': { version: '1.0.0', dependencies: { parser: '^1.0.0' }, optionalDependencies: { fast: '1' } },
    'node_modules/web/node_modules/parser': { version: '1.1.0', dependencies: { bytes: '^3.0.0' } },
    'node_modules/parser': { version: '2.0.0' },
    'node_modules/bytes': { version: '3.0.0', dependencies: { parser: '^2.0.0' } },
    'node_modules/fast': { version: '1.0.0', devOptional: true, os: ['linux'] },
    'node_modules/queue': {
      version: '2.0.0',
      peerDependencies: { rx: '7', cli: '9' },
      peerDependenciesMeta: { cli: { optional: true } },
    },
    'node_modules/rx': { version: '7.0.0', peer: true },
    'node_modules/cli': { version: '9.0.0' },
  },
};
const manifest = (...names: string[]) => ({
  name: 'app',
  version: '0.1.0',
  dependencies: Object.fromEntries(names.map((name) => [name, '*'])),
});
const pathsOf = (...names: string[]) => Object.keys(productionLockfile(workspace, manifest(...names)).packages);

describe('productionLockfile', () => {
  it('keeps what is reached, each version where Node would look for it', () => {
    expect(pathsOf('web')).toEqual([
      '',
      'node_modules/bytes',
      'node_modules/fast',
      'node_modules/parser',
      'node_modules/web',
      'node_modules/web/node_modules/parser',
    ]);
  });

  it('keeps the peers that are needed, and leaves out the optional ones', () => {
    expect(pathsOf('queue')).toEqual(['', 'node_modules/queue', 'node_modules/rx']);
  });

  it('knows no development', () => {
    const { packages } = productionLockfile(workspace, manifest('web'));
    expect(packages).toHaveProperty(['node_modules/fast'], { version: '1.0.0', os: ['linux'], optional: true });
  });

  it('says which package is missing, and who needs it', () => {
    const { 'node_modules/bytes': _bytes, ...packages } = workspace.packages;
    expect(() => productionLockfile({ ...workspace, packages }, manifest('web'))).toThrow(
      'bytes, which node_modules/web/node_modules/parser needs, is not in package-lock.json',
    );
  });
});
