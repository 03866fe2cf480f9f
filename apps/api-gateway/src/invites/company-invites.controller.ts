import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/http/routes/invites';
import { Call, type RouteCall } from '@convene/http/route-call';
import { Handles } from '../idempotency/handles';
import { CreateInvite } from './create-invite';
import { CreateInvites } from './create-invites';
import { ListCompanyInvites } from './list-company-invites';
import { ResendInvite } from './resend-invite';
import { RevokeInvite } from './revoke-invite';

@Controller()
export class CompanyInvitesController {
  constructor(
    private readonly createInvite: CreateInvite,
    private readonly createInvites: CreateInvites,
    private readonly listInvites: ListCompanyInvites,
    private readonly resendInvite: ResendInvite,
    private readonly revokeInvite: RevokeInvite,
  ) {}

  @Handles(routes.CreateInvite)
  create(@Call() { caller, params, body }: RouteCall<typeof routes.CreateInvite>) {
    if ('emails' in body) return this.createInvites.execute(params.id, caller.userId, body);
    return this.createInvite.execute(params.id, caller.userId, body);
  }

  @Handles(routes.ListCompanyInvites)
  list(@Call() { caller, params, query }: RouteCall<typeof routes.ListCompanyInvites>) {
    return this.listInvites.execute(params.id, caller.userId, query);
  }

  @Handles(routes.ResendInvite)
  resend(@Call() { caller, params }: RouteCall<typeof routes.ResendInvite>) {
    return this.resendInvite.execute(params.id, caller.userId, params.inviteId);
  }

  @Handles(routes.RevokeInvite)
  revoke(@Call() { caller, params }: RouteCall<typeof routes.RevokeInvite>) {
    return this.revokeInvite.execute(params.id, caller.userId, params.inviteId);
  }
}
