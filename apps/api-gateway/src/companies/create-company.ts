import { Inject, Injectable } from '@nestjs/common';
import { CompanyCreated } from '@convene/contracts/events/companies-created';
import type { CompanyView, CreateCompanyBody } from '@convene/contracts/http/companies';
import { newId } from '@convene/prisma/ids';
import { sqlIn } from '@convene/prisma/transaction';
import { ENV, type Env } from '../env';
import { addMember } from '../memberships/add-member';
import { toCompanyView } from '../memberships/company-view';
import { requireMembership } from '../memberships/membership';
import { ModelOutbox } from '../models/model-outbox';

@Injectable()
export class CreateCompany {
  constructor(
    private readonly outbox: ModelOutbox,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /** The founder is its owner from membership version 1. */
  async execute(userId: string, { name, isPublic }: CreateCompanyBody): Promise<CompanyView> {
    const companyId = newId();
    return this.outbox.transaction(async (tx, append) => {
      await tx.company.create({ data: { id: companyId, name, isPublic } });
      await addMember(sqlIn(tx), companyId, userId, 'OWNER', this.env.MAX_MEMBERS_PER_COMPANY);
      await append(CompanyCreated, { companyId, name }, { actorId: userId, companyId });
      return toCompanyView(await requireMembership(sqlIn(tx), companyId, userId));
    });
  }
}
