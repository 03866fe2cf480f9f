import { Prisma } from '@convene/prisma/generated/client';
import type { ReactionSubject } from './draft';

/** Below every id: where an audience begins. */
export const START = '00000000-0000-0000-0000-000000000000';

/**
 * `addressed (user_id, position)` and `page (user_id)`, of a statement that has `drafts`: whom they mean, in order of ids,
 * from `after` on, and the first `limit` of them. Each role is read from its own place in the index, and no further than a
 * page: the cost does not depend on how large the audience is. (`to_version IS NULL OR …` would let PostgreSQL look for both
 * and sort what it finds: that is all there is.) `addressed` is complete for whoever is on the page.
 * @param roles At least one. Roles that no draft means are read in vain.
 */
export function pageOfAudience(
  { companyId, membershipVersion: version }: ReactionSubject,
  roles: readonly string[],
  { after, limit }: { after: string; limit: number },
): Prisma.Sql {
  const most = Prisma.raw(String(limit));
  const holders = roles.map(
    (role) => Prisma.sql`
      (SELECT p.user_id, p.role::text AS role FROM membership_periods p
       WHERE p.company_id = ${companyId}::uuid AND p.role = ${role}::"Role" AND p.user_id > ${after}::uuid
         AND p.from_version <= ${version}::int AND ${version}::int < coalesce(p.to_version, 2147483647)
       ORDER BY p.user_id LIMIT ${most})`,
  );
  return Prisma.sql`
    addressed AS MATERIALIZED (
      SELECT h.user_id, d.position FROM (${Prisma.join(holders, ' UNION ALL ')}) AS h
      JOIN drafts d ON h.role = ANY(d.roles)
      UNION ALL
      SELECT named.user_id, d.position FROM drafts d CROSS JOIN LATERAL (SELECT unnest(d.users) AS user_id) AS named
      WHERE named.user_id > ${after}::uuid
    ), page AS MATERIALIZED (
      SELECT DISTINCT user_id FROM addressed ORDER BY user_id LIMIT ${most}
    )`;
}
