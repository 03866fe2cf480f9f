import type { Principal } from '@convene/auth/access-token-verifier';
import { PageQuery } from '@convene/contracts/http/paging';
import { ZodQuery } from '@convene/http/zod-pipe';
import { Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuthGuard, Caller, Public } from '../auth/auth.guard';
import { AcceptInvite } from './accept-invite';
import { ListReceivedInvites } from './list-received-invites';
import { ReadInvite } from './read-invite';
import { RejectInvite } from './reject-invite';

@Controller('invites')
export class InvitesController {
  constructor(
    private readonly listReceived: ListReceivedInvites,
    private readonly readInvite: ReadInvite,
    private readonly acceptInvite: AcceptInvite,
    private readonly rejectInvite: RejectInvite,
    private readonly guard: AuthGuard,
  ) {}

  @Get()
  list(@Caller() { userId }: Principal, @ZodQuery(PageQuery) query: PageQuery) {
    return this.listReceived.execute(userId, query);
  }

  @Public()
  @Get(':tokenOrId')
  read(@Req() { headers }: FastifyRequest, @Param('tokenOrId') tokenOrId: string) {
    return this.readInvite.execute(tokenOrId, () => this.guard.authenticate(headers));
  }

  @Post(':tokenOrId/accept')
  @HttpCode(200)
  accept(@Caller() { userId }: Principal, @Param('tokenOrId') tokenOrId: string) {
    return this.acceptInvite.execute(tokenOrId, userId);
  }

  @Post(':tokenOrId/reject')
  @HttpCode(200)
  reject(@Caller() { userId }: Principal, @Param('tokenOrId') tokenOrId: string) {
    return this.rejectInvite.execute(tokenOrId, userId);
  }
}
