import { Module } from '@nestjs/common';
import { CompaniesController } from './companies.controller';
import { CreateCompany } from './create-company';
import { ListCompanies } from './list-companies';
import { ListMembers } from './list-members';

@Module({ controllers: [CompaniesController], providers: [CreateCompany, ListCompanies, ListMembers] })
export class CompaniesModule {}
