import { Injectable } from '@nestjs/common';
import { findEvent } from '@convene/contracts/catalogue';
import { ConveneError } from '@convene/contracts/errors';
import { allowedFacts } from '@convene/contracts/event';
import type { AuditEntryView } from '@convene/contracts/http/companies';
import type { Page, PageQuery } from '@convene/contracts/http/paging';
import { mayManage } from '@convene/domain/permissions';
import { Cursor, UUID_CURSOR } from '@convene/http/cursor';
import { Database } from '@convene/prisma/database/database';
import { noSql, sql } from '@convene/prisma/database/sql';
import { requireMembership } from '../memberships/membership';
import { Reads } from '../reads/reads';

const cursors = new Cursor('audit', UUID_CURSOR);

@Injectable()
export class ReadAudit {
  constructor(
    private readonly database: Database,
    private readonly reads: Reads,
  ) {}

  /**
   * What happened in a company, newest first, for owners and admins: of each event the facts that its contract lists for
   * the audit log. Who did it is named as they are called now: events keep ids. @throws ConveneError NOT_FOUND or FORBIDDEN
   */
  async execute(companyId: string, callerId: string, query: PageQuery): Promise<Page<AuditEntryView>> {
    // The right to read is checked on the primary: a replica could still admit a member who was just removed.
    const { role } = await requireMembership(this.database, companyId, callerId);
    if (!mayManage(role)) throw new ConveneError('FORBIDDEN');
    return this.reads.run(callerId, (database) => readPage(database, companyId, query));
  }
}

interface AuditRow {
  readonly id: string;
  readonly type: string;
  readonly payload: object;
  readonly membershipVersion: number | null;
  readonly occurredAt: Date;
  readonly actor: AuditEntryView['actor'];
}

async function readPage(
  database: Database,
  companyId: string,
  { limit, cursor }: PageQuery,
): Promise<Page<AuditEntryView>> {
  const before = cursor === undefined ? noSql : sql`AND id < ${cursors.decode(cursor)}::uuid`;
  const events = await database.query<AuditRow>(sql`
    SELECT e.id, e.type, e.payload, e.membership_version AS "membershipVersion", e.occurred_at AS "occurredAt",
      CASE WHEN actor.id IS NOT NULL THEN jsonb_build_object('id', actor.id, 'displayName', actor.display_name) END AS actor
    FROM (SELECT * FROM domain_events WHERE company_id = ${companyId}::uuid AND NOT internal ${before}
          ORDER BY id DESC LIMIT ${limit + 1}) e
    LEFT JOIN users actor ON actor.id = e.actor_id
    ORDER BY e.id DESC`);
  return cursors.page(
    events,
    limit,
    ({ id }) => id,
    ({ payload, occurredAt, ...event }) => ({
      ...event,
      facts: allowedFacts(payload, findEvent(event.type)?.audit ?? []),
      occurredAt: occurredAt.toISOString(),
    }),
  );
}
