import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/ops/routes';
import { Handles } from '@convene/http/handles';
import { Call, type RouteCall } from '@convene/http/route-call';
import { Actor } from '../identity/operator.guard';
import type { Operator } from '../identity/operator-tokens';
import { RevokeUserSessions } from './revoke-user-sessions';

@Controller()
export class SessionsController {
  constructor(private readonly revokeUserSessions: RevokeUserSessions) {}

  @Handles(routes.RevokeUserSessions)
  revoke(@Call() { params, body }: RouteCall<typeof routes.RevokeUserSessions>, @Actor() operator: Operator) {
    return this.revokeUserSessions.execute(operator, params.userId, body.reason);
  }
}
