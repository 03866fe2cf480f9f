import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');
export const APPS = readdirSync(join(ROOT, 'apps')).filter((name) => !name.startsWith('.'));
export const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** The apps of a thing that some have: all of them, or their names. */
export const namesOf = (apps: Iterable<string>) => {
  const names = [...apps].sort();
  return names.length === APPS.length ? 'all' : names.join(', ');
};
