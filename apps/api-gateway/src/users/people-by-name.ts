import { noSql, sql, type Template } from '@convene/prisma/database/sql';

export interface PersonRow {
  readonly id: string;
  readonly displayName: string;
  /** The sort key of the list. */
  readonly name: string;
}

export interface NameSearch {
  readonly callerId: string;
  readonly prefix: string;
  readonly after: { readonly name: string; readonly id: string } | undefined;
  readonly limit: number;
}

/** No character of a name comes after it. */
const LAST = '\u{10FFFF}';

/**
 * People whose name begins so, whatever its case, in the order of the index. A range of that index, and not LIKE: so a
 * `%` is a `%`, and the plan is the same for every prefix. Who has blocked the caller is found as before: else the search
 * would tell.
 */
export function peopleByName({ callerId, prefix, after, limit }: NameSearch): Template {
  const name = sql`lower(u.display_name)`;
  const rest = after
    ? sql`AND ${name} ~>=~ ${after.name} AND (${name} ~>~ ${after.name} OR u.id > ${after.id}::uuid)`
    : noSql;
  return sql`
    SELECT u.id, u.display_name AS "displayName", ${name} AS name FROM users u
    WHERE u.deleted_at IS NULL AND ${name} ~>=~ lower(${prefix}) AND ${name} ~<~ (lower(${prefix}) || ${LAST})
      ${rest} AND u.id <> ${callerId}::uuid
    ORDER BY ${name} USING ~<~, u.id LIMIT ${limit}`;
}
