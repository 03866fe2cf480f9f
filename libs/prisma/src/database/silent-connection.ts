import type { Socket } from 'node:net';
import { constants } from 'node:os';
import type { PoolClient } from 'pg';

/** Has the fields of a socket's error, so that Prisma's adapter and the checks for infrastructure errors treat it as a timeout. */
export class SilentDatabaseError extends Error {
  readonly code = 'ETIMEDOUT';
  readonly syscall = 'read';
  readonly errno = -constants.errno.ETIMEDOUT;

  constructor(ms: number) {
    super(`The database said nothing for ${ms / 1_000} s`);
    this.name = 'SilentDatabaseError';
  }
}

/** Fields of a client that its types do not declare. */
interface Internals {
  readonly connection: { readonly stream: Socket };
  readonly readyForQuery: boolean;
}

/**
 * Destroys the connection when an answer is pending and nothing has arrived for `silenceMs`: the query fails, and the pool
 * opens another connection. node-postgres' own `query_timeout` returns the connection with the query still open on it.
 */
export function destroyWhenSilent(client: PoolClient, silenceMs: number): void {
  const internals = client as unknown as Internals;
  const { stream } = internals.connection;
  stream.setTimeout(silenceMs);
  // Not as the callback of `setTimeout`, which is called once: the first time-out may be that of an idle connection.
  stream.on('timeout', () => {
    if (!internals.readyForQuery) stream.destroy(new SilentDatabaseError(silenceMs));
  });
}
