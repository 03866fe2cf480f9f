import { CompanyCreated } from '@convene/contracts/events/companies-created';
import type { CompanyView, CreateCompanyBody } from '@convene/contracts/http/companies';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { newId } from '@convene/prisma/ids';
import { Injectable } from '@nestjs/common';
import { addMember } from './add-member';
import { toCompanyView } from './company-view';
import { requireMembership } from './membership';

@Injectable()
export class CreateCompany {
  constructor(private readonly outbox: Outbox) {}

  /** The founder is its owner from membership version 1. */
  async execute(userId: string, { name }: CreateCompanyBody): Promise<CompanyView> {
    const companyId = newId();
    return this.outbox.transaction(async (tx, append) => {
      await tx.company.create({ data: { id: companyId, name } });
      await addMember(tx, companyId, userId, 'OWNER');
      await append(CompanyCreated, { companyId, name }, { actorId: userId, companyId });
      return toCompanyView(await requireMembership(tx, companyId, userId));
    });
  }
}
