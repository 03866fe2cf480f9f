import { Injectable } from '@nestjs/common';
import type { EventHeader } from '@convene/contracts/event';
import { PrismaService } from '@convene/prisma/prisma.service';

/** Who invites may be gone from the company when the answer comes: then it is no news for them any more. */
@Injectable()
export class InviterInCompany {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * By version, not by clock: the same answer however late the event is processed.
   * @returns the inviter if they held any role when the event was committed, else null.
   */
  async find({ companyId, membershipVersion }: EventHeader, inviterId: string): Promise<string | null> {
    if (companyId === null || membershipVersion === null) return null;
    const periods = await this.prisma.$queryRaw<unknown[]>`
      SELECT 1 AS held FROM membership_periods
      WHERE company_id = ${companyId}::uuid AND user_id = ${inviterId}::uuid
        AND from_version <= ${membershipVersion} AND (to_version IS NULL OR to_version > ${membershipVersion})`;
    return periods.length > 0 ? inviterId : null;
  }
}
