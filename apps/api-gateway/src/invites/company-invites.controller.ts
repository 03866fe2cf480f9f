import type { Principal } from '@convene/auth/access-token-verifier';
import { CreateInviteBody } from '@convene/contracts/http/invites';
import { PageQuery } from '@convene/contracts/http/paging';
import { IdParam } from '@convene/http/id-param';
import { ZodBody, ZodQuery } from '@convene/http/zod-pipe';
import { Controller, Get, Post } from '@nestjs/common';
import { Caller } from '../auth/auth.guard';
import { CreateInvite } from './create-invite';
import { ListCompanyInvites } from './list-company-invites';

@Controller('companies/:id/invites')
export class CompanyInvitesController {
  constructor(
    private readonly createInvite: CreateInvite,
    private readonly listInvites: ListCompanyInvites,
  ) {}

  @Post()
  create(@Caller() { userId }: Principal, @IdParam() id: string, @ZodBody(CreateInviteBody) body: CreateInviteBody) {
    return this.createInvite.execute(id, userId, body);
  }

  @Get()
  list(@Caller() { userId }: Principal, @IdParam() id: string, @ZodQuery(PageQuery) query: PageQuery) {
    return this.listInvites.execute(id, userId, query);
  }
}
