import { Controller, Get, Res } from '@nestjs/common';
import { HealthRegistry, publicReport } from '@convene/observability/health';

/** For load balancers that reach the public port only: the answer of the internal one, without hosts and texts of errors. */
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
    return { service: 'ws-gateway', ...publicReport(report) };
  }
}
