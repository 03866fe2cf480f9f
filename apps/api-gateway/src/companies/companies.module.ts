import { Module } from '@nestjs/common';
import { JoinRequestsModule } from '../join-requests/join-requests.module';
import { MembersModule } from '../members/members.module';
import { CompaniesController } from './companies.controller';
import { CreateCompany } from './create-company';
import { DeleteCompany } from './delete-company';
import { ListCompanies } from './list-companies';
import { ReadAudit } from './read-audit';
import { ReadPublicCompany } from './read-public-company';
import { TransferOwnership } from './transfer-ownership';
import { UpdateCompany } from './update-company';

@Module({
  imports: [JoinRequestsModule, MembersModule],
  controllers: [CompaniesController],
  providers: [
    CreateCompany,
    DeleteCompany,
    ListCompanies,
    ReadAudit,
    ReadPublicCompany,
    TransferOwnership,
    UpdateCompany,
  ],
})
export class CompaniesModule {}
