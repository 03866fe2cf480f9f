import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

// Runs after the spec file that imports this.
afterAll(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** Creates an empty folder, which is deleted after the spec file. */
export function tempDir(name: string): string {
  const dir = mkdtempSync(join(tmpdir(), `convene-${name}-`));
  made.push(dir);
  return dir;
}
