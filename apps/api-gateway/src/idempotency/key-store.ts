import { Injectable } from '@nestjs/common';
import { Database } from '@convene/prisma/database/database';
import { sql, type Template } from '@convene/prisma/database/sql';
import { refuseUnless, type Writer } from '@convene/prisma/database/transaction';

const KEPT_HOURS = 24;

/** A request that names an Idempotency-Key. */
export interface KeyedRequest {
  readonly scope: string;
  readonly key: string;
  /** Of the request, by each secret; the first is stored. */
  readonly hashes: readonly string[];
}

export interface KeyState {
  /** null when there is no row. */
  requestHash: string | null;
  response: string | null;
  /** Another transaction executes the request. */
  executing: boolean;
}

/** The key is in use: the transaction that met it has no effect. */
export class KeyTaken extends Error {
  constructor() {
    super('Another request with that Idempotency-Key is executed or answered');
  }
}

/**
 * The rows of `idempotency_keys`. A row is written by the transaction that the key stands for, with its answer. Until then
 * that transaction holds an advisory lock, so that nobody waits for it on a connection. All times are the database's.
 */
@Injectable()
export class KeyStore {
  constructor(private readonly database: Database) {}

  /** The first statement of the transaction. @throws KeyTaken before anything else of it is executed */
  claim(tx: Writer, request: KeyedRequest): void | Promise<void> {
    const { scope, key } = request;
    return tx.write(
      sql`
      SELECT ${refuseUnless(sql`pg_try_advisory_xact_lock(${lockOf(request)}) AND NOT EXISTS (
        SELECT FROM idempotency_keys k WHERE k.scope = ${scope} AND k.key = ${key} AND NOT ${isFree(request)}
      )`)} AS claimed`,
      { refusal: () => new KeyTaken() },
    );
  }

  /** The last statement of the transaction. @throws KeyTaken if another answer has been stored since the claim */
  answer(tx: Writer, request: KeyedRequest, response: string): void | Promise<void> {
    return tx.write(
      sql`
      WITH stored AS (${insertion(request, response)})
      SELECT ${refuseUnless(sql`EXISTS (SELECT FROM stored)`)} AS answered`,
      { refusal: () => new KeyTaken() },
    );
  }

  /** Stores the answer of a request that has committed nothing. @throws KeyTaken */
  async store(request: KeyedRequest, response: string): Promise<void> {
    const stored = await this.database.query(insertion(request, response));
    if (stored.length === 0) throw new KeyTaken();
  }

  /** The whole answer of a request, in place of what its transaction yielded. */
  async replace({ scope, key }: KeyedRequest, yielded: string, response: string): Promise<void> {
    await this.database.execute(sql`
      UPDATE idempotency_keys SET response = ${response}
      WHERE scope = ${scope} AND key = ${key} AND response = ${yielded}`);
  }

  async read(request: KeyedRequest): Promise<KeyState> {
    const [state] = await this.database.query<KeyState>(sql`
      SELECT k.request_hash AS "requestHash", k.response,
        NOT asked.lock OR coalesce(k.locked_until > now(), false) AS executing
      FROM (SELECT pg_try_advisory_xact_lock_shared(${lockOf(request)}) AS lock) AS asked
      LEFT JOIN idempotency_keys k ON k.scope = ${request.scope} AND k.key = ${request.key}
        AND k.expires_at >= now()`);
    return state ?? { requestHash: null, response: null, executing: false };
  }
}

/** Two keys with one lock only wait for each other. */
function lockOf({ scope, key }: KeyedRequest): Template {
  return sql`hashtextextended(${`${scope} ${key}`}, 0)`;
}

/**
 * Of a row `k` that another answer may replace: it is too old, or it is the claim of a gateway that stored claims before
 * the work (docs/adr/0039) and has died since.
 */
function isFree({ hashes }: KeyedRequest): Template {
  return sql`(k.expires_at < now() OR (k.response IS NULL AND k.request_hash = ANY(${hashes}::text[])
    AND coalesce(k.locked_until < now(), true)))`;
}

function insertion(request: KeyedRequest, response: string): Template {
  const { scope, key, hashes } = request;
  return sql`
    INSERT INTO idempotency_keys AS k (scope, key, request_hash, response, expires_at)
    VALUES (${scope}, ${key}, ${hashes[0]}, ${response}, now() + make_interval(hours => ${KEPT_HOURS}))
    ON CONFLICT (scope, key) DO UPDATE SET
      request_hash = excluded.request_hash, response = excluded.response, created_at = now(), locked_until = NULL,
      expires_at = excluded.expires_at
    WHERE ${isFree(request)}
    RETURNING 1 AS stored`;
}
