import { Injectable, OnModuleInit } from '@nestjs/common';
import { HealthRegistry } from '@convene/observability/health';
import { DatabaseClock } from './database-clock';
import { PrismaService } from './prisma.service';

/** A process without PostgreSQL is not ready. With a wrong clock it is degraded, and continues to serve. */
@Injectable()
export class PrismaHealth implements OnModuleInit {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: DatabaseClock,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    this.health.register({
      name: 'postgresql',
      critical: true,
      check: async () => void (await this.prisma.$queryRaw`SELECT 1`),
    });
    this.health.register({ name: 'clock', critical: false, check: () => this.clock.check() });
  }
}
