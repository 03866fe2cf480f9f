import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerName } from '../dev/servers/server';
import { UserError } from '../dev/terminal';
import { testServersDir } from '../dev/test-servers';

/** The private servers of this run by name: each writes its pid down. @throws UserError for a server that was there before. */
export function serverPids(names: readonly ServerName[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, pidOf(name)]));
}

function pidOf(name: ServerName): number {
  try {
    return Number(readFileSync(join(testServersDir, name, 'server.pid'), 'utf8'));
  } catch {
    throw new UserError(`${name} is not a server of this run: its processor time cannot be told from that of others`);
  }
}
