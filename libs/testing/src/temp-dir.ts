import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

// Of the spec file that imports this: nothing of it is left on the machine.
afterAll(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** An empty folder of the caller's own, which is gone when their spec file is through. */
export function tempDir(name: string): string {
  const dir = mkdtempSync(join(tmpdir(), `convene-${name}-`));
  made.push(dir);
  return dir;
}
