import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { CompanyJoinRequested } from '@convene/contracts/events/companies-join-requested';
import type { JoinRequestView } from '@convene/contracts/http/companies';
import { Outbox } from '@convene/messaging/outbox/outbox';
import type { Queryable } from '@convene/prisma/database/queryable';
import { sql } from '@convene/prisma/database/sql';
import { refuseUnless } from '@convene/prisma/database/transaction';
import { newId } from '@convene/prisma/ids';
import { lockPublicCompany } from '../memberships/company-lock';
import { toJoinRequestView } from './join-request-view';

@Injectable()
export class RequestToJoin {
  constructor(private readonly outbox: Outbox) {}

  /**
   * One pending request per person and company: the partial unique index decides a race.
   * @throws ConveneError NOT_FOUND, EMAIL_NOT_VERIFIED, ALREADY_MEMBER or JOIN_REQUEST_PENDING
   */
  async execute(companyId: string, userId: string): Promise<JoinRequestView> {
    return this.outbox.transaction(async (tx, append) => {
      const [isOpen, user] = await Promise.all([
        lockPublicCompany(tx, companyId),
        readApplicant(tx, companyId, userId),
      ]);
      if (!isOpen) throw new ConveneError('NOT_FOUND');
      if (!user) throw new ConveneError('UNAUTHENTICATED');
      if (user.isMember) throw new ConveneError('ALREADY_MEMBER');
      if (!user.isVerified) throw new ConveneError('EMAIL_NOT_VERIFIED');
      const { displayName, company, now: createdAt } = user;
      const id = newId();
      tx.write(
        sql`
        WITH inserted AS (
          INSERT INTO join_requests (id, company_id, user_id, created_at)
          VALUES (${id}::uuid, ${companyId}::uuid, ${userId}::uuid, ${createdAt}::timestamptz)
          ON CONFLICT DO NOTHING RETURNING 1
        )
        SELECT ${refuseUnless(sql`EXISTS (SELECT FROM inserted)`)} AS requested`,
        { refusal: () => new ConveneError('JOIN_REQUEST_PENDING') },
      );
      await append(
        CompanyJoinRequested,
        {
          requestId: id,
          companyId,
          companyName: company.name,
          userId,
          userName: displayName,
        },
        { actorId: userId, companyId },
      );
      const request = { id, status: 'PENDING' as const, createdAt, decidedAt: null };
      return toJoinRequestView({ ...request, company, user: { id: userId, displayName } });
    });
  }
}

interface Applicant {
  readonly displayName: string;
  readonly isVerified: boolean;
  readonly isMember: boolean;
  readonly company: { readonly id: string; readonly name: string };
  /** The database's clock. */
  readonly now: Date;
}

async function readApplicant(tx: Queryable, companyId: string, userId: string): Promise<Applicant | undefined> {
  const [user] = await tx.query<Applicant>(sql`
    SELECT u.display_name AS "displayName", u.email_verified_at IS NOT NULL AS "isVerified",
      EXISTS (SELECT FROM memberships m WHERE m.company_id = c.id AND m.user_id = u.id) AS "isMember",
      jsonb_build_object('id', c.id, 'name', c.name) AS company, clock_timestamp() AS now
    FROM users u, companies c WHERE u.id = ${userId}::uuid AND u.deleted_at IS NULL AND c.id = ${companyId}::uuid`);
  return user;
}
