import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reachableDir, unprivilegedUser } from './postgres-user';

const asRoot = process.getuid?.() === 0 ? it : it.skip;

describe('the data directory of PostgreSQL', () => {
  const base = mkdtempSync(join(tmpdir(), 'convene-reach-')); // mode 700
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  it('is the requested directory for an ordinary user', () => {
    expect(reachableDir(join(base, 'data'), undefined)).toBe(join(base, 'data'));
  });

  asRoot('is another, always the same, where its user cannot get to the wished one', () => {
    const wished = join(base, 'closed');
    const dir = reachableDir(wished, unprivilegedUser());
    expect(dir).toMatch(/^\/var\/tmp\/convene-/);
    expect(reachableDir(wished, unprivilegedUser())).toBe(dir);
    rmSync(dir, { recursive: true });
  });

  asRoot('is the wished one where it can', () => {
    const open = mkdtempSync(join('/var/tmp', 'convene-reach-'));
    rmSync(open, { recursive: true });
    mkdirSync(open, { mode: 0o755 });
    expect(reachableDir(join(open, 'data'), unprivilegedUser())).toBe(join(open, 'data'));
    rmSync(open, { recursive: true });
  });
});
