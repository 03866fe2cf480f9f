import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { mayDispose } from '@convene/domain/permissions';
import { sqlIn } from '@convene/prisma/transaction';
import { lockCompanyAsMember } from '../memberships/company-lock';
import { ModelOutbox } from '../models/model-outbox';
import { closeCompany } from './close-company';

@Injectable()
export class DeleteCompany {
  constructor(private readonly outbox: ModelOutbox) {}

  /** @throws ConveneError NOT_FOUND or FORBIDDEN */
  async execute(companyId: string, callerId: string): Promise<void> {
    await this.outbox.transaction(async (tx, append) => {
      const { role, company } = await lockCompanyAsMember(sqlIn(tx), companyId, callerId);
      if (!mayDispose(role)) throw new ConveneError('FORBIDDEN');
      await closeCompany(tx, append, company, callerId);
    });
  }
}
