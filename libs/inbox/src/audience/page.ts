import { joinSql, rawSql, sql, type Template } from '@convene/prisma/database/sql';
import type { ReactionSubject } from './draft';

/**
 * Two parts of a statement that has `drafts`: `addressed (user_id, position)`, the users after `after` that the drafts
 * address, and `page (user_id)`, the first `limit` of them in order of ids. `addressed` is complete for the users on the
 * page. Each role is read from its own range of the index, at most one page of it, so the cost does not depend on the size
 * of the audience. (With `to_version IS NULL OR …` PostgreSQL would read and sort all holders of the role.)
 * @param roles At least one. Roles that no draft addresses are read in vain.
 */
export function pageOfAudience(
  { companyId, membershipVersion: version }: ReactionSubject,
  roles: readonly string[],
  { after, limit }: { after: string; limit: number },
): Template {
  const most = rawSql(String(limit));
  const holders = roles.map(
    (role) => sql`
      (SELECT p.user_id, p.role::text AS role FROM membership_periods p
       WHERE p.company_id = ${companyId}::uuid AND p.role = ${role}::"Role" AND p.user_id > ${after}::uuid
         AND p.from_version <= ${version}::int AND ${version}::int < coalesce(p.to_version, 2147483647)
       ORDER BY p.user_id LIMIT ${most})`,
  );
  return sql`
    addressed AS MATERIALIZED (
      SELECT h.user_id, d.position FROM (${joinSql(holders, ' UNION ALL ')}) AS h
      JOIN drafts d ON h.role = ANY(d.roles)
      UNION ALL
      SELECT named.user_id, d.position FROM drafts d CROSS JOIN LATERAL (SELECT unnest(d.users) AS user_id) AS named
      WHERE named.user_id > ${after}::uuid
    ), page AS MATERIALIZED (
      SELECT DISTINCT user_id FROM addressed ORDER BY user_id LIMIT ${most}
    )`;
}
