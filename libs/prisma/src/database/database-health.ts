import { Injectable, OnModuleInit } from '@nestjs/common';
import { HealthRegistry } from '@convene/observability/health';
import { Database } from './database';
import { DatabaseClock } from './database-clock';
import { sql } from './sql';

/** A process without PostgreSQL is not ready. With a wrong clock it is degraded, and continues to serve. */
@Injectable()
export class DatabaseHealth implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: DatabaseClock,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    this.health.register({
      name: 'postgresql',
      critical: true,
      check: async () => void (await this.database.query(sql`SELECT 1`)),
    });
    this.health.register({ name: 'clock', critical: false, check: () => this.clock.check() });
  }
}
