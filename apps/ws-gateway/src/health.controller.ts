import { HealthRegistry } from '@convene/observability/health';
import { Controller, Get, Res } from '@nestjs/common';

/** What load balancers ask, on the public port: the internal one is not theirs to see. */
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthRegistry) {}

  @Get('live')
  live() {
    return { status: 'ok' };
  }

  @Get(['', 'ready'])
  async ready(@Res({ passthrough: true }) reply: { status(code: number): unknown }) {
    const report = await this.health.report();
    if (report.status === 'down') reply.status(503);
    return { service: 'ws-gateway', ...report };
  }
}
