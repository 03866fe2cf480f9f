import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/http/routes/companies';
import { Call, type RouteCall } from '@convene/http/route-call';
import { Handles } from '../idempotency/handles';
import { AcceptJoinRequest } from './accept-join-request';
import { DeclineJoinRequest } from './decline-join-request';
import { ListJoinRequests } from './list-join-requests';
import { RequestToJoin } from './request-to-join';

@Controller()
export class JoinRequestsController {
  constructor(
    private readonly listRequests: ListJoinRequests,
    private readonly requestToJoin: RequestToJoin,
    private readonly acceptRequest: AcceptJoinRequest,
    private readonly declineRequest: DeclineJoinRequest,
  ) {}

  @Handles(routes.ListJoinRequests)
  list(@Call() { caller, params, query }: RouteCall<typeof routes.ListJoinRequests>) {
    return this.listRequests.execute(params.id, caller.userId, query);
  }

  @Handles(routes.RequestToJoin)
  request(@Call() { caller, params }: RouteCall<typeof routes.RequestToJoin>) {
    return this.requestToJoin.execute(params.id, caller.userId);
  }

  @Handles(routes.AcceptJoinRequest)
  accept(@Call() { caller, params }: RouteCall<typeof routes.AcceptJoinRequest>) {
    return this.acceptRequest.execute(params.id, caller.userId, params.requestId);
  }

  @Handles(routes.DeclineJoinRequest)
  decline(@Call() { caller, params }: RouteCall<typeof routes.DeclineJoinRequest>) {
    return this.declineRequest.execute(params.id, caller.userId, params.requestId);
  }
}
