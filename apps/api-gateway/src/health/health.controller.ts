import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import * as routes from '@convene/contracts/http/routes/operations';
import { Call, type RouteCall } from '@convene/http/route-call';
import { HealthRegistry, publicReport } from '@convene/observability/health';
import { Handles } from '../idempotency/handles';

/** For load balancers that reach the public port only: the answer of the internal one, without hosts and texts of errors. */
@Controller()
export class HealthController {
  constructor(private readonly health: HealthRegistry) {}

  @Handles(routes.ReadLiveness)
  live() {
    return { status: 'ok' as const };
  }

  @Handles(routes.ReadReadiness)
  ready(@Call() _: RouteCall<typeof routes.ReadReadiness>, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.report(reply);
  }

  @Handles(routes.ReadHealth)
  read(@Call() _: RouteCall<typeof routes.ReadHealth>, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.report(reply);
  }

  private async report(reply: FastifyReply) {
    const report = await this.health.report();
    reply.code(report.status === 'down' ? 503 : 200);
    return { service: 'api-gateway', ...publicReport(report) };
  }
}
