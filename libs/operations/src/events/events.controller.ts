import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/ops/routes';
import { Handles } from '@convene/http/handles';
import { Call, type RouteCall } from '@convene/http/route-call';
import { ExplainDelivery } from './explain-delivery';
import { TraceEvent } from './trace-event';

@Controller()
export class EventsController {
  constructor(
    private readonly traceEvent: TraceEvent,
    private readonly explainDelivery: ExplainDelivery,
  ) {}

  @Handles(routes.TraceEvent)
  trace(@Call() { params }: RouteCall<typeof routes.TraceEvent>) {
    return this.traceEvent.execute(params.eventId);
  }

  @Handles(routes.ExplainDelivery)
  why(@Call() { params }: RouteCall<typeof routes.ExplainDelivery>) {
    return this.explainDelivery.execute(params.userId, params.eventId);
  }
}
