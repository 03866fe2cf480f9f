import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerName } from '../servers/server';

/** What each helper of libs/testing stands on (vhosts are handed out by a counter in Redis). */
const stands: Record<string, ServerName[]> = {
  'test-database': ['postgres'],
  'test-redis': ['redis'],
  'test-vhost': ['rabbitmq', 'redis'],
};

/** The servers that the specs below `roots` will ask for, read from their imports and their helpers': pure libraries start none. */
export function neededServers(roots: string[], chosen: (file: string) => boolean = () => true): ServerName[] {
  const sources = roots.flatMap(typeScriptFiles).filter((file) => !file.endsWith('.spec.ts') || chosen(file));
  const imports = sources.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/from '[^']*\/(test-[a-z]+)'/g)]);
  return [...new Set(imports.flatMap(([, helper]) => stands[helper as string] ?? []))];
}

function typeScriptFiles(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) {
      const skipped = entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.');
      return skipped ? [] : typeScriptFiles(join(dir, entry.name));
    }
    return entry.name.endsWith('.ts') ? [join(dir, entry.name)] : [];
  });
}
