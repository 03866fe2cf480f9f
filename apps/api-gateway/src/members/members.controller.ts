import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/http/routes/companies';
import { Call, type RouteCall } from '@convene/http/route-call';
import { Handles } from '../idempotency/handles';
import { LeaveCompany } from './leave-company';
import { ListMembers } from './list-members';
import { ReadPresence } from './read-presence';
import { RemoveMember } from './remove-member';
import { UpdateMember } from './update-member';

@Controller()
export class MembersController {
  constructor(
    private readonly listMembers: ListMembers,
    private readonly updateMember: UpdateMember,
    private readonly removeMember: RemoveMember,
    private readonly leaveCompany: LeaveCompany,
    private readonly readPresence: ReadPresence,
  ) {}

  @Handles(routes.ListMembers)
  list(@Call() { caller, params, query }: RouteCall<typeof routes.ListMembers>) {
    return this.listMembers.execute(params.id, caller.userId, query);
  }

  @Handles(routes.UpdateMember)
  update(@Call() { caller, params, body }: RouteCall<typeof routes.UpdateMember>) {
    return this.updateMember.execute(params.id, caller.userId, params.userId, body);
  }

  @Handles(routes.RemoveMember)
  remove(@Call() { caller, params }: RouteCall<typeof routes.RemoveMember>) {
    return this.removeMember.execute(params.id, caller.userId, params.userId);
  }

  @Handles(routes.LeaveCompany)
  leave(@Call() { caller, params }: RouteCall<typeof routes.LeaveCompany>) {
    return this.leaveCompany.execute(params.id, caller.userId);
  }

  @Handles(routes.ReadPresence)
  presence(@Call() { caller, params, query }: RouteCall<typeof routes.ReadPresence>) {
    return this.readPresence.execute(params.id, caller.userId, query);
  }
}
