import { Injectable } from '@nestjs/common';
import { findEvent } from '@convene/contracts/catalogue';
import { ConveneError } from '@convene/contracts/errors';
import { allowedFacts } from '@convene/contracts/event';
import type { AuditEntryView } from '@convene/contracts/http/companies';
import type { Page, PageQuery } from '@convene/contracts/http/paging';
import { mayManage } from '@convene/domain/permissions';
import { Cursor, UUID_CURSOR } from '@convene/http/cursor';
import { PrismaService } from '@convene/prisma/prisma.service';
import { requireMembership } from '../memberships/membership';
import { Reads } from '../reads/reads';

const cursors = new Cursor('audit', UUID_CURSOR);

@Injectable()
export class ReadAudit {
  constructor(
    private readonly prisma: PrismaService,
    private readonly reads: Reads,
  ) {}

  /**
   * What happened in a company, newest first, for owners and admins: of each event the facts that its contract lists for
   * the audit log. Who did it is named as they are called now: events keep ids. @throws ConveneError NOT_FOUND or FORBIDDEN
   */
  async execute(companyId: string, callerId: string, query: PageQuery): Promise<Page<AuditEntryView>> {
    // The right to read is checked on the primary: a replica could still admit a member who was just removed.
    const { role } = await requireMembership(this.prisma, companyId, callerId);
    if (!mayManage(role)) throw new ConveneError('FORBIDDEN');
    return this.reads.run(callerId, (database) => readPage(database, companyId, query));
  }
}

async function readPage(
  database: PrismaService,
  companyId: string,
  { limit, cursor }: PageQuery,
): Promise<Page<AuditEntryView>> {
  const events = await database.domainEvent.findMany({
    where: { companyId, internal: false, ...(cursor !== undefined && { id: { lt: cursors.decode(cursor) } }) },
    select: { id: true, type: true, actorId: true, payload: true, membershipVersion: true, occurredAt: true },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  const actors = await database.user.findMany({
    where: { id: { in: [...new Set(events.flatMap(({ actorId }) => actorId ?? []))] } },
    select: { id: true, displayName: true },
  });
  const byId = new Map(actors.map((actor) => [actor.id, actor]));
  return cursors.page(
    events,
    limit,
    ({ id }) => id,
    ({ actorId, payload, occurredAt, ...event }) => ({
      ...event,
      actor: (actorId !== null && byId.get(actorId)) || null,
      facts: allowedFacts(payload as object, findEvent(event.type)?.audit ?? []),
      occurredAt: occurredAt.toISOString(),
    }),
  );
}
