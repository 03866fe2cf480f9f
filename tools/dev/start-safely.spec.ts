import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { appEnv } from './app-env';
import { givenServer } from './servers/given';
import { help, maySeed, options } from './start-options';

const parseArguments = (args: string[]) => parseArgs({ args, options }).values;

describe('npm start', () => {
  const dir = mkdtempSync(join(tmpdir(), 'convene-start-'));
  const places = { apiPort: 4000, opsPort: 4200, mailDir: dir, keysDir: dir };
  afterAll(() => rmSync(dir, { recursive: true }));

  it('binds the apps to the loopback of this machine, unless the environment opens them', () => {
    expect(appEnv({}, [], places)['BIND_ADDRESS']).toBe('127.0.0.1');
    expect(appEnv({ BIND_ADDRESS: '0.0.0.0' }, [], places)['BIND_ADDRESS']).toBe('0.0.0.0');
  });

  it('seeds a given database only with --seed', () => {
    const given = givenServer('postgres', 'DATABASE_URL', 'postgresql://db.example/app');
    expect(maySeed(given, parseArguments([]))).toBe(false);
    expect(maySeed(given, parseArguments(['--seed']))).toBe(true);
    expect(maySeed({}, parseArguments([]))).toBe(true);
  });

  it('explains both in its help', () => {
    expect(help).toMatch(/--seed .*published password/);
    expect(help).toMatch(/BIND_ADDRESS=127\.0\.0\.1/);
  });
});
