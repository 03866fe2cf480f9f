import { Injectable, OnModuleInit } from '@nestjs/common';
import { HealthRegistry } from '@convene/observability/health';
import { RedisConnections } from './redis-connections';

/** Redis is not critical: without it a process continues to serve, degraded, because PostgreSQL holds all state. */
@Injectable()
export class RedisHealth implements OnModuleInit {
  constructor(
    private readonly connections: RedisConnections,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    this.health.register({ name: 'redis', critical: false, check: () => this.check() });
  }

  /** @throws when Redis does not answer within the command timeout. */
  async check(): Promise<void> {
    await this.connections.commands.ping();
  }
}
