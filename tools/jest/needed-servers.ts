import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ServerName } from '../servers/server';

const root = resolve(__dirname, '../..');

/** What each helper of libs/testing stands on (vhosts are handed out by a counter in Redis). */
const stands: Record<string, ServerName[]> = {
  'test-database': ['postgres'],
  'test-redis': ['redis'],
  'test-vhost': ['rabbitmq', 'redis'],
};

/**
 * The servers that the specs below `roots` will ask for, read from their imports and those of their helpers, wherever in
 * the workspace these are: pure libraries start none.
 */
export function neededServers(roots: string[], chosen: (file: string) => boolean = () => true): ServerName[] {
  const sources = roots.flatMap(typeScriptFiles).filter((file) => !file.endsWith('.spec.ts') || chosen(file));
  const seen = new Set(sources);
  // A set goes on with what is added while it is walked.
  for (const file of seen) for (const imported of importsOf(file)) seen.add(imported);
  return [...new Set([...seen].flatMap((file) => stands[nameOf(file)] ?? []))];
}

const nameOf = (file: string) =>
  dirname(file) === join(root, 'libs/testing/src') ? file.slice(dirname(file).length + 1, -3) : '';

/** The files of the workspace that a file imports. */
function importsOf(file: string): string[] {
  const specifiers = [...readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g)].map(
    ([, specifier]) => specifier as string,
  );
  return specifiers.flatMap((specifier) => {
    const path = `${pathOf(specifier, file)}.ts`;
    return existsSync(path) ? [path] : [];
  });
}

/** As `paths` of tsconfig.base.json has it. */
function pathOf(specifier: string, from: string): string {
  if (specifier.startsWith('.')) return resolve(dirname(from), specifier);
  const [, project = '', rest = ''] = /^@convene\/([^/]+)\/(.+)$/.exec(specifier) ?? [];
  return project === 'tools' ? join(root, 'tools', rest) : join(root, 'libs', project, 'src', rest);
}

function typeScriptFiles(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) {
      const skipped = entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.');
      return skipped ? [] : typeScriptFiles(join(dir, entry.name));
    }
    return entry.name.endsWith('.ts') ? [resolve(dir, entry.name)] : [];
  });
}
