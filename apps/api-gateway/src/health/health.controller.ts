import { HealthRegistry } from '@convene/observability/health';
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/auth.guard';

/** The same answers as on the internal port, for load balancers that reach the public one only. */
@Public()
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthRegistry) {}

  @Get('live')
  live() {
    return { status: 'ok' };
  }

  @Get(['', 'ready'])
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const report = await this.health.report();
    reply.code(report.status === 'down' ? 503 : 200);
    return { service: 'api-gateway', ...report };
  }
}
