import { debianProgram, type Program } from '@convene/testing/debian-program';
import { UserError } from '../dev/terminal';

interface Programs {
  readonly nginx: Program;
  readonly pgbouncer: Program;
}

/** What a fleet needs beside the servers of development; undefined where it is not installed and cannot be unpacked. */
export function findPrograms(): Programs | undefined {
  const [nginx, pgbouncer] = [debianProgram('nginx'), debianProgram('pgbouncer')];
  return nginx && pgbouncer && { nginx, pgbouncer };
}

export function programs(): Programs {
  const found = findPrograms();
  if (!found) throw new UserError('A fleet needs nginx and PgBouncer: install them, or run it on Debian.');
  return found;
}
