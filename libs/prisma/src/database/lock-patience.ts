import { noSql, sql, type Template } from './sql';

/** How long a statement about several things waits for a lock that one of them needs. */
const LOCK_PATIENCE_MS = 100;

/**
 * The first common table expression of a statement, `patience`, that sets its lock_timeout: it fails with 55P03 instead of
 * keeping others waiting. What the statement locks has to depend on a row of `patience`, which is read first. As a part of the
 * statement it costs no round trip, and no transaction around it.
 *
 * Example: `WITH patience AS MATERIALIZED (…) INSERT INTO inbox … SELECT … FROM patience, …`.
 */
export function lockPatience(isShort: boolean): Template {
  const timeout = isShort ? sql`set_config('lock_timeout', ${String(LOCK_PATIENCE_MS)}, true)` : noSql;
  return sql`patience AS MATERIALIZED (SELECT ${timeout})`;
}
