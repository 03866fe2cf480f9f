import type { Socket } from 'node:net';
import { DatabaseError, type PoolClient, Query, type QueryResult } from 'pg';
import { PoolExhaustedError } from './pool';
import { SilentDatabaseError } from './silent-connection';
import type { Template } from './sql';

/** The connection failed, and not the statement: `cause` is the error of the socket or of node-postgres. */
export class DatabaseConnectionError extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
    this.name = 'DatabaseConnectionError';
  }
}

/**
 * Sends a statement at once, behind those that the connection has not answered yet. Statements that are sent in one turn of
 * the event loop leave in one write, and are one flight: they cost one round trip together.
 *
 * A value that node-postgres cannot convert ends the connection before anything of the flight leaves: a COMMIT behind the
 * statement would commit the others.
 * @param name Under which PostgreSQL keeps the plan of the text; empty for a text that is planned each time.
 */
export function send(client: PoolClient, { text, values }: Template, name: string): Promise<QueryResult> {
  holdWrites(client);
  return new Promise((resolve, reject) => {
    let sent = false;
    const query: NamedQuery = new Query(text, values as unknown[], (error: Error | undefined, result: QueryResult) => {
      if (error && !sent) streamOf(client).destroy(error);
      if (error) reject(failure(error));
      else resolve(result);
    });
    if (name !== '') query.name = name;
    client.query(query);
    sent = true;
  });
}

/**
 * The name of a statement is set on the query: in a config, node-postgres would copy the config property by property, which takes
 * longer than all else that it does before the statement is written.
 */
type NamedQuery = Query & { name?: string };

/** Keeps what is written to the connection until this turn of the event loop, and the promises that it settles, are over. */
function holdWrites(client: PoolClient): void {
  const stream = streamOf(client);
  // A corked stream has its flush scheduled.
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

const streamOf = (client: PoolClient) => (client as unknown as { connection: { stream: Socket } }).connection.stream;

/** An error of node-postgres as a caller gets it. */
export function failure(error: Error): Error {
  if (error instanceof PoolExhaustedError || error instanceof SilentDatabaseError) return error;
  if (!(error instanceof DatabaseError)) return new DatabaseConnectionError(error);
  // They contain values of rows, which do not belong in logs.
  error.detail = error.where = undefined;
  return error;
}

/** The error with the stack of the caller: as it arrives, its stack is that of the socket. */
export function traced(error: unknown): unknown {
  if (error instanceof DatabaseError || error instanceof DatabaseConnectionError)
    Error.captureStackTrace(error, traced);
  return error;
}

/** Whether the connection is in a known state after the error: the statement failed, and nothing else. */
export function isReusableAfter(error: unknown): boolean {
  return error instanceof DatabaseError && !/^(08|57P|XX)/.test(error.code ?? '08');
}
