import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { logger } from '@convene/observability/logger';
import { Database } from '@convene/prisma/database/database';
import { GatewayDirectory } from '@convene/realtime/gateway-directory';
import { RedisConnections } from '@convene/redis/redis-connections';
import { ConnectionRegistry } from '../connections/connection-registry';
import { Drain } from '../connections/drain';
import { ENV, type Env } from '../env';

const EVERY_MS = 5_000;
/** An entry outlives two that were lost. */
const LASTS_MS = 3 * EVERY_MS;

/** Lets operators see this gateway, and drain it (`npm run ops -- drain`). */
@Injectable()
export class GatewayBeacon implements OnApplicationBootstrap, OnModuleDestroy {
  /** The host, and what tells several gateways of a host apart. */
  readonly id = `${hostname()}-${randomBytes(2).toString('hex')}`;
  private readonly startedAt = new Date().toISOString();
  private readonly directory: GatewayDirectory;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly redis: RedisConnections,
    private readonly database: Database,
    @Inject(ENV) private readonly env: Env,
    private readonly connections: ConnectionRegistry,
    private readonly drain: Drain,
  ) {
    this.directory = new GatewayDirectory(redis);
  }

  onApplicationBootstrap(): void {
    this.directory.onDrainOrdered((id) => void this.obey(id));
    this.timer = setInterval(() => void this.announce(), EVERY_MS).unref();
    // At boot the connection is not there yet; after an outage Redis may be empty.
    this.redis.commands.on('ready', () => void this.join());
    void this.join();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.directory.withdraw(this.id).catch(ignoreOutage);
  }

  /** Each that comes removes what those have left that were killed. */
  private async join(): Promise<void> {
    await this.announce();
    await this.directory.list().catch(ignoreOutage);
  }

  private async obey(id: string): Promise<void> {
    if (id !== this.id || this.drain.isDraining) return;
    logger.warn({ gateway: id }, 'Draining, as an operator has ordered');
    const drained = this.drain.execute();
    await this.announce();
    await drained;
    await this.announce();
  }

  private async announce(): Promise<void> {
    const { size } = this.connections;
    // Those that were in their handshake when it began.
    if (this.drain.isDraining && size > 0) void this.drain.execute();
    const { waiting, limit } = this.database.pool;
    const state = {
      id: this.id,
      connections: size,
      isDraining: this.drain.isDraining,
      startedAt: this.startedAt,
      keyIds: this.env.JWT_PUBLIC_KEYS.map(({ kid }) => kid),
      pool: { waiting, limit },
    };
    await this.directory.announce(state, LASTS_MS).catch(ignoreOutage);
  }
}

/** Of Redis: the connection logs it once. */
const ignoreOutage = () => undefined;
