import { Controller, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import * as routes from '@convene/contracts/http/routes/invites';
import { Call, type RouteCall } from '@convene/http/route-call';
import { AuthGuard } from '../auth/auth.guard';
import { Handles } from '../idempotency/handles';
import { AcceptInvite } from './accept-invite';
import { ListReceivedInvites } from './list-received-invites';
import { ReadInvite } from './read-invite';
import { RejectInvite } from './reject-invite';

@Controller()
export class InvitesController {
  constructor(
    private readonly listReceived: ListReceivedInvites,
    private readonly readInvite: ReadInvite,
    private readonly acceptInvite: AcceptInvite,
    private readonly rejectInvite: RejectInvite,
    private readonly guard: AuthGuard,
  ) {}

  @Handles(routes.ListReceivedInvites)
  list(@Call() { caller, query }: RouteCall<typeof routes.ListReceivedInvites>) {
    return this.listReceived.execute(caller.userId, query);
  }

  @Handles(routes.ReadInvite)
  read(@Call() { params }: RouteCall<typeof routes.ReadInvite>, @Req() { headers }: FastifyRequest) {
    return this.readInvite.execute(params.tokenOrId, () => this.guard.authenticate(headers));
  }

  @Handles(routes.AcceptInvite)
  accept(@Call() { caller, params }: RouteCall<typeof routes.AcceptInvite>) {
    return this.acceptInvite.execute(params.tokenOrId, caller.userId);
  }

  @Handles(routes.RejectInvite)
  reject(@Call() { caller, params }: RouteCall<typeof routes.RejectInvite>) {
    return this.rejectInvite.execute(params.tokenOrId, caller.userId);
  }
}
