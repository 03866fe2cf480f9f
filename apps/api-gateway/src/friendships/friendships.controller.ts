import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/http/routes/friendships';
import { Call, type RouteCall } from '@convene/http/route-call';
import { Handles } from '../idempotency/handles';
import { AcceptFriendship } from './accept-friendship';
import { BlockFriendship } from './block-friendship';
import { ListFriendships } from './list-friendships';
import { RejectFriendship } from './reject-friendship';
import { RemoveFriendship } from './remove-friendship';
import { RequestFriendship } from './request-friendship';
import { UnblockFriendship } from './unblock-friendship';

@Controller()
export class FriendshipsController {
  constructor(
    private readonly listFriendships: ListFriendships,
    private readonly requestFriendship: RequestFriendship,
    private readonly acceptFriendship: AcceptFriendship,
    private readonly rejectFriendship: RejectFriendship,
    private readonly blockFriendship: BlockFriendship,
    private readonly unblockFriendship: UnblockFriendship,
    private readonly removeFriendship: RemoveFriendship,
  ) {}

  @Handles(routes.ListFriendships)
  list(@Call() { caller, query }: RouteCall<typeof routes.ListFriendships>) {
    return this.listFriendships.execute(caller.userId, query);
  }

  @Handles(routes.RequestFriendship)
  request(@Call() { caller, body }: RouteCall<typeof routes.RequestFriendship>) {
    return this.requestFriendship.execute(caller.userId, body);
  }

  @Handles(routes.AcceptFriendship)
  accept(@Call() { caller, params }: RouteCall<typeof routes.AcceptFriendship>) {
    return this.acceptFriendship.execute(params.id, caller.userId);
  }

  @Handles(routes.RejectFriendship)
  reject(@Call() { caller, params }: RouteCall<typeof routes.RejectFriendship>) {
    return this.rejectFriendship.execute(params.id, caller.userId);
  }

  @Handles(routes.BlockFriendship)
  block(@Call() { caller, params }: RouteCall<typeof routes.BlockFriendship>) {
    return this.blockFriendship.execute(params.id, caller.userId);
  }

  @Handles(routes.UnblockFriendship)
  unblock(@Call() { caller, params }: RouteCall<typeof routes.UnblockFriendship>) {
    return this.unblockFriendship.execute(params.id, caller.userId);
  }

  @Handles(routes.RemoveFriendship)
  remove(@Call() { caller, params }: RouteCall<typeof routes.RemoveFriendship>) {
    return this.removeFriendship.execute(params.id, caller.userId);
  }
}
