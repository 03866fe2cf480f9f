import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Folders that are not in every user's PATH. */
const USUAL = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin', '/opt/homebrew/sbin'];

/** The path of a program, in one of `first` or else in the PATH; undefined where it is not installed. */
export function findProgram(name: string, first: string[] = []): string | undefined {
  const dirs = [...first, ...(process.env['PATH'] ?? '').split(delimiter), ...USUAL];
  return dirs.map((dir) => join(dir, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
