import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { PublicCompanyView } from '@convene/contracts/http/companies';
import { sql } from '@convene/prisma/database/sql';
import { Reads } from '../reads/reads';

type PublicCompanyRow = Omit<PublicCompanyView, 'createdAt'> & { readonly createdAt: Date };

@Injectable()
export class ReadPublicCompany {
  constructor(private readonly reads: Reads) {}

  /**
   * @param readerId Undefined without a login: such a caller has no recent writes.
   * @throws ConveneError NOT_FOUND for a private company as for one that does not exist
   */
  async execute(companyId: string, readerId: string | undefined): Promise<PublicCompanyView> {
    const [company] = await this.reads.run(readerId, (database) =>
      database.query<PublicCompanyRow>(sql`
        SELECT c.id, c.name, c.created_at AS "createdAt",
          (SELECT count(*)::int FROM memberships m WHERE m.company_id = c.id) AS "memberCount"
        FROM companies c WHERE c.id = ${companyId}::uuid AND c.is_public AND c.deleted_at IS NULL`),
    );
    if (!company) throw new ConveneError('NOT_FOUND');
    return { ...company, createdAt: company.createdAt.toISOString() };
  }
}
