import { Injectable } from '@nestjs/common';
import type { EventHeader } from '@convene/contracts/event';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

/** Who invites may be gone from the company when the answer comes: then it is no news for them any more. */
@Injectable()
export class InviterInCompany {
  constructor(private readonly database: Database) {}

  /**
   * By version, not by clock: the same answer however late the event is processed.
   * @returns the inviter if they held any role when the event was committed, else null.
   */
  async find({ companyId, membershipVersion }: EventHeader, inviterId: string): Promise<string | null> {
    if (companyId === null || membershipVersion === null) return null;
    const periods = await this.database.query<unknown>(sql`
      SELECT 1 AS held FROM membership_periods
      WHERE company_id = ${companyId}::uuid AND user_id = ${inviterId}::uuid
        AND from_version <= ${membershipVersion} AND (to_version IS NULL OR to_version > ${membershipVersion})`);
    return periods.length > 0 ? inviterId : null;
  }
}
