import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/ops/routes';
import { Handles } from '@convene/http/handles';
import { Call, type RouteCall } from '@convene/http/route-call';
import { Actor } from '../identity/operator.guard';
import type { Operator } from '../identity/operator-tokens';
import { BeginAct } from './begin-act';
import { ChangeAct } from './change-act';
import { ReadActs } from './read-acts';

@Controller()
export class ActsController {
  constructor(
    private readonly beginAct: BeginAct,
    private readonly changeAct: ChangeAct,
    private readonly readActs: ReadActs,
  ) {}

  @Handles(routes.ReplayDeadLetters)
  replay(@Call() { body }: RouteCall<typeof routes.ReplayDeadLetters>, @Actor() operator: Operator) {
    return this.beginAct.execute(operator, 'dlq replay', body);
  }

  @Handles(routes.DiscardDeadLetters)
  discard(@Call() { body }: RouteCall<typeof routes.DiscardDeadLetters>, @Actor() operator: Operator) {
    return this.beginAct.execute(operator, 'dlq discard', body);
  }

  @Handles(routes.ListActs)
  list(@Call() { query }: RouteCall<typeof routes.ListActs>) {
    return this.readActs.latest(query.limit);
  }

  @Handles(routes.ReadAct)
  read(@Call() { params }: RouteCall<typeof routes.ReadAct>) {
    return this.readActs.one(params.actId);
  }

  @Handles(routes.AbortAct)
  abort(@Call() { params, body }: RouteCall<typeof routes.AbortAct>, @Actor() operator: Operator) {
    return this.changeAct.execute(operator, 'acts abort', params.actId, body.reason);
  }

  @Handles(routes.ResumeAct)
  resume(@Call() { params, body }: RouteCall<typeof routes.ResumeAct>, @Actor() operator: Operator) {
    return this.changeAct.execute(operator, 'acts resume', params.actId, body.reason);
  }
}
