import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { PublicCompanyView } from '@convene/contracts/http/companies';
import { Reads } from '../reads/reads';

@Injectable()
export class ReadPublicCompany {
  constructor(private readonly reads: Reads) {}

  /**
   * @param readerId Undefined without a login: such a caller has no recent writes.
   * @throws ConveneError NOT_FOUND for a private company as for one that does not exist
   */
  async execute(companyId: string, readerId: string | undefined): Promise<PublicCompanyView> {
    const company = await this.reads.run(readerId, (database) =>
      database.company.findFirst({
        where: { id: companyId, isPublic: true, deletedAt: null },
        select: { id: true, name: true, createdAt: true, _count: { select: { memberships: true } } },
      }),
    );
    if (!company) throw new ConveneError('NOT_FOUND');
    const { id, name, createdAt, _count } = company;
    return { id, name, memberCount: _count.memberships, createdAt: createdAt.toISOString() };
  }
}
