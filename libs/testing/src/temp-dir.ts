import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

function removeAll(): void {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
}

// After the spec file that imports this; in a program, at its end.
if (typeof afterAll === 'function') afterAll(removeAll);
else process.once('exit', removeAll);

/** Creates an empty folder, which is deleted after the spec file, or with the process that is none. */
export function tempDir(name: string): string {
  const dir = mkdtempSync(join(tmpdir(), `convene-${name}-`));
  made.push(dir);
  return dir;
}
