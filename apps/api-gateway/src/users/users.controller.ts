import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/http/routes/me';
import { Call, type RouteCall } from '@convene/http/route-call';
import { Handles } from '../idempotency/handles';
import { SearchUsers } from './search-users';

@Controller()
export class UsersController {
  constructor(private readonly searchUsers: SearchUsers) {}

  @Handles(routes.SearchUsers)
  search(@Call() { caller, query }: RouteCall<typeof routes.SearchUsers>) {
    return this.searchUsers.execute(caller.userId, query);
  }
}
