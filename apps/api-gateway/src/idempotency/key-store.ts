import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { refuseUnless, type Writer } from '@convene/prisma/database/transaction';

/** Longer than any request takes: the process that has held a key for longer is dead. */
const LOCK_SECONDS = 30;
const KEPT_HOURS = 24;

export interface KeyRef {
  readonly scope: string;
  readonly key: string;
}

/** The right to execute; `lockedUntil` fences out a previous holder that resumes. */
export interface Claim extends KeyRef {
  readonly lockedUntil: Date;
}

export interface KeyState {
  requestHash: string;
  response: string | null;
  /** Another call executes it. */
  locked: boolean;
}

/** The rows of `idempotency_keys`. All times are the database's. */
@Injectable()
export class KeyStore {
  constructor(private readonly database: Database) {}

  /**
   * For one of all who ask: the first, or the next after one who died before it committed anything.
   * @param hashes Of the request, by each secret; the first is stored.
   */
  async claim({ scope, key }: KeyRef, hashes: readonly string[]): Promise<Claim | undefined> {
    const rows = await this.database.query<{ lockedUntil: Date }>(sql`
      INSERT INTO idempotency_keys AS k (scope, key, request_hash, locked_until, expires_at)
      VALUES (${scope}, ${key}, ${hashes[0]}, now() + make_interval(secs => ${LOCK_SECONDS}),
        now() + make_interval(hours => ${KEPT_HOURS}))
      ON CONFLICT (scope, key) DO UPDATE SET
        request_hash = excluded.request_hash, response = NULL, created_at = now(),
        locked_until = excluded.locked_until, expires_at = excluded.expires_at
      WHERE k.expires_at < now()
        OR (k.response IS NULL AND k.request_hash = ANY(${hashes}::text[])
          AND (k.locked_until IS NULL OR k.locked_until < now()))
      RETURNING locked_until AS "lockedUntil"`);
    return rows[0] && { scope, key, ...rows[0] };
  }

  async read({ scope, key }: KeyRef): Promise<KeyState | undefined> {
    const rows = await this.database.query<KeyState>(sql`
      SELECT request_hash AS "requestHash", response, coalesce(locked_until > now(), false) AS locked
      FROM idempotency_keys WHERE scope = ${scope} AND key = ${key}`);
    return rows[0];
  }

  /**
   * The last statement of the transaction that the key stands for.
   * @throws ConveneError IDEMPOTENCY_IN_PROGRESS when another has taken over: then nothing of this one is committed
   */
  async commitWith(tx: Writer, { scope, key, lockedUntil }: Claim, response: string): Promise<void> {
    await tx.write(
      sql`
      WITH answered AS (
        UPDATE idempotency_keys SET response = ${response}
        WHERE scope = ${scope} AND key = ${key} AND locked_until = ${lockedUntil} RETURNING 1
      )
      SELECT ${refuseUnless(sql`EXISTS (SELECT FROM answered)`)}`,
      { refusal: () => new ConveneError('IDEMPOTENCY_IN_PROGRESS') },
    );
  }

  /** The whole answer, for all who repeat the request. */
  async finish({ scope, key, lockedUntil }: Claim, response: string): Promise<void> {
    await this.database.execute(sql`
      UPDATE idempotency_keys SET response = ${response}, locked_until = NULL
      WHERE scope = ${scope} AND key = ${key} AND locked_until = ${lockedUntil}::timestamptz`);
  }

  /** Nothing was committed: a repeat executes. If the transaction did commit, its result stays stored. */
  async release({ scope, key, lockedUntil }: Claim): Promise<void> {
    await this.database.execute(sql`
      UPDATE idempotency_keys SET locked_until = NULL
      WHERE scope = ${scope} AND key = ${key} AND locked_until = ${lockedUntil}::timestamptz`);
  }
}
