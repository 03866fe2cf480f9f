import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { CompanyUpdated } from '@convene/contracts/events/companies-updated';
import type { CompanyView, UpdateCompanyBody } from '@convene/contracts/http/companies';
import { mayManage } from '@convene/domain/permissions';
import { sqlIn } from '@convene/prisma/transaction';
import { lockCompanyAsMember } from '../memberships/company-lock';
import { toCompanyView } from '../memberships/company-view';
import { ModelOutbox } from '../models/model-outbox';

@Injectable()
export class UpdateCompany {
  constructor(private readonly outbox: ModelOutbox) {}

  /** What stays as it was is no news. @throws ConveneError NOT_FOUND or FORBIDDEN */
  async execute(companyId: string, callerId: string, body: UpdateCompanyBody): Promise<CompanyView> {
    return this.outbox.transaction(async (tx, append) => {
      const { role, company } = await lockCompanyAsMember(sqlIn(tx), companyId, callerId);
      if (!mayManage(role)) throw new ConveneError('FORBIDDEN');
      const { name = company.name, isPublic = company.isPublic } = body;
      if (name !== company.name || isPublic !== company.isPublic) {
        await tx.company.update({ where: { id: companyId }, data: { name, isPublic }, select: { id: true } });
        await append(CompanyUpdated, { companyId, name, isPublic }, { actorId: callerId, companyId });
      }
      return toCompanyView({ role, company: { ...company, name, isPublic } });
    });
  }
}
