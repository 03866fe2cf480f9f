import type { Principal } from '@convene/auth/access-token-verifier';
import { CreateCompanyBody } from '@convene/contracts/http/companies';
import { PageQuery } from '@convene/contracts/http/paging';
import { IdParam } from '@convene/http/id-param';
import { ZodBody, ZodQuery } from '@convene/http/zod-pipe';
import { PrismaService } from '@convene/prisma/prisma.service';
import { Controller, Get, Post } from '@nestjs/common';
import { Caller } from '../auth/auth.guard';
import { toCompanyView } from './company-view';
import { CreateCompany } from './create-company';
import { ListCompanies } from './list-companies';
import { ListMembers } from './list-members';
import { requireMembership } from './membership';

@Controller('companies')
export class CompaniesController {
  constructor(
    private readonly createCompany: CreateCompany,
    private readonly listCompanies: ListCompanies,
    private readonly listMembers: ListMembers,
    private readonly prisma: PrismaService,
  ) {}

  @Post()
  create(@Caller() { userId }: Principal, @ZodBody(CreateCompanyBody) body: CreateCompanyBody) {
    return this.createCompany.execute(userId, body);
  }

  @Get()
  list(@Caller() { userId }: Principal, @ZodQuery(PageQuery) query: PageQuery) {
    return this.listCompanies.execute(userId, query);
  }

  @Get(':id')
  async read(@Caller() { userId }: Principal, @IdParam() id: string) {
    return toCompanyView(await requireMembership(this.prisma, id, userId));
  }

  @Get(':id/members')
  members(@Caller() { userId }: Principal, @IdParam() id: string, @ZodQuery(PageQuery) query: PageQuery) {
    return this.listMembers.execute(id, userId, query);
  }
}
