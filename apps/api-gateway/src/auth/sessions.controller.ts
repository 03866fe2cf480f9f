import { Controller } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import * as routes from '@convene/contracts/http/routes/auth';
import { Call, type RouteCall } from '@convene/http/route-call';
import { Handles } from '../idempotency/handles';
import { REVOKED } from './end-sessions';
import { ListSessions } from './list-sessions';
import { RevokeSessions } from './revoke-sessions';

@Controller()
export class SessionsController {
  constructor(
    private readonly listSessions: ListSessions,
    private readonly revokeSessions: RevokeSessions,
  ) {}

  @Handles(routes.ListSessions)
  list(@Call() { caller }: RouteCall<typeof routes.ListSessions>) {
    return this.listSessions.execute(caller);
  }

  @Handles(routes.RevokeSession)
  async revoke(@Call() { caller, params }: RouteCall<typeof routes.RevokeSession>) {
    const ended = await this.revokeSessions.execute(caller.userId, { sessionIds: [params.id] }, REVOKED);
    if (ended === 0) throw new ConveneError('NOT_FOUND');
  }
}
