import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/ops/routes';
import { Handles } from '@convene/http/handles';
import { Call, type RouteCall } from '@convene/http/route-call';
import { Actor } from '../identity/operator.guard';
import type { Operator } from '../identity/operator-tokens';
import { ExplainDelivery } from './explain-delivery';
import { ResendEvent } from './resend-event';
import { TraceEvent } from './trace-event';

@Controller()
export class EventsController {
  constructor(
    private readonly traceEvent: TraceEvent,
    private readonly explainDelivery: ExplainDelivery,
    private readonly resendEvent: ResendEvent,
  ) {}

  @Handles(routes.TraceEvent)
  trace(@Call() { params }: RouteCall<typeof routes.TraceEvent>) {
    return this.traceEvent.execute(params.eventId);
  }

  @Handles(routes.ResendEvent)
  resend(@Call() { params, body }: RouteCall<typeof routes.ResendEvent>, @Actor() operator: Operator) {
    return this.resendEvent.execute(operator, params.eventId, body.reason);
  }

  @Handles(routes.ExplainDelivery)
  why(@Call() { params }: RouteCall<typeof routes.ExplainDelivery>) {
    return this.explainDelivery.execute(params.userId, params.eventId);
  }
}
