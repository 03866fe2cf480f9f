import { ConveneError } from '@convene/contracts/errors';
import type { Role } from '@convene/domain/role';
import type { Queryable } from '@convene/prisma/database/queryable';
import { sql, type Template } from '@convene/prisma/database/sql';

/**
 * A page of a list that belongs to a company, and the role of the caller, in one statement.
 * @param page `SELECT`, at most a page, that may name the company `c` and yields `position` in the order of the list. It is limited before it joins:
 *   PostgreSQL reads of the list no more than the page, and of other tables only what the page refers to.
 * @param mayRead Whether the list is shown to a member of that role.
 * @throws ConveneError NOT_FOUND for a caller who is no member, FORBIDDEN
 */
export async function pageForMember<Row>(
  database: Queryable,
  { companyId, callerId }: { readonly companyId: string; readonly callerId: string },
  page: Template,
  mayRead: (role: Role) => boolean = () => true,
): Promise<Row[]> {
  const rows = await database.query<Row & { callerRole: Role; position: number | null }>(sql`
    SELECT caller.role::text AS "callerRole", page.*
    FROM memberships caller JOIN companies c ON c.id = caller.company_id
    LEFT JOIN LATERAL (${page}) AS page ON true
    WHERE caller.company_id = ${companyId}::uuid AND caller.user_id = ${callerId}::uuid AND c.deleted_at IS NULL
    ORDER BY page.position`);
  const [first] = rows;
  if (!first) throw new ConveneError('NOT_FOUND');
  if (!mayRead(first.callerRole)) throw new ConveneError('FORBIDDEN');
  if (first.position === null) return [];
  return rows.map(({ callerRole: _, position: __, ...row }) => row as unknown as Row);
}
