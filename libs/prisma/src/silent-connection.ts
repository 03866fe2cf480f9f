import type { Socket } from 'node:net';
import { constants } from 'node:os';
import type { PoolClient } from 'pg';

/** As a socket would say it: Prisma's adapter and all who know infrastructure take it for one that timed out. */
export class SilentDatabaseError extends Error {
  readonly code = 'ETIMEDOUT';
  readonly syscall = 'read';
  readonly errno = -constants.errno.ETIMEDOUT;

  constructor(ms: number) {
    super(`The database said nothing for ${ms / 1_000} s`);
    this.name = 'SilentDatabaseError';
  }
}

/** What a client has, and its types do not tell. */
interface Internals {
  readonly connection: { readonly stream: Socket };
  readonly readyForQuery: boolean;
}

/**
 * Destroys the connection when an answer is due and nothing has come for so long: what was asked fails, and the pool
 * makes another. node-postgres' own `query_timeout` gives the connection back with the question still open on it.
 */
export function destroyWhenSilent(client: PoolClient, silenceMs: number): void {
  const internals = client as unknown as Internals;
  const { stream } = internals.connection;
  stream.setTimeout(silenceMs, () => {
    if (!internals.readyForQuery) stream.destroy(new SilentDatabaseError(silenceMs));
  });
}
