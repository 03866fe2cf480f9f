import { AmqpConnection } from '@golevelup/nestjs-rabbitmq';
import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import type { AmqpConnectionManager } from 'amqp-connection-manager';
import type { ConfirmChannel } from 'amqplib';
import { withDeadline } from '@convene/observability/deadline';
import { HealthRegistry } from '@convene/observability/health';
import { logger, NestLogger, reasonOf } from '@convene/observability/logger';
import { ResilientChannel } from './resilient-channel';

/** A broker that does not confirm the end of the connection does not keep the process from stopping. */
const CLOSE_TIMEOUT_MS = 2_000;

/**
 * This process's connection to RabbitMQ, over golevelup's. It is made by hand rather than by RabbitMQModule, whose
 * connections are static: two applications in one process (every integration test) would share them.
 * A process starts and lives without the broker; it is not ready until there is one.
 */
@Injectable()
export class Broker implements OnApplicationShutdown {
  private readonly channels: ResilientChannel[] = [];

  private constructor(
    private readonly amqp: AmqpConnection,
    /** Whether this process declares exchanges and queues; if not, they are declared before it is deployed. */
    readonly declares: boolean,
  ) {}

  /** @param urls With `declare=off` for a user who may not declare: docs/secrets.md. */
  static async connect(urls: readonly string[], health: HealthRegistry, critical: boolean): Promise<Broker> {
    const { targets, declares } = declaring(urls);
    const amqp = new AmqpConnection({
      uri: targets,
      connectionInitOptions: { wait: false, skipConnectionFailedLogging: true, skipDisconnectFailedLogging: true },
      connectionManagerOptions: { heartbeatIntervalInSeconds: 5, reconnectTimeInSeconds: 1 },
      logger: new NestLogger(),
    });
    const broker = new Broker(amqp, declares);
    await amqp.init();
    logOutages(amqp.managedConnection);
    health.register({ name: 'rabbitmq', critical, check: () => broker.check() });
    return broker;
  }

  get connection(): AmqpConnectionManager {
    return this.amqp.managedConnection;
  }

  /** A channel of this connection; closed with it, if not before. */
  channel(name: string, setup: (channel: ConfirmChannel) => Promise<void>): ResilientChannel {
    const channel = new ResilientChannel(this.connection, name, setup);
    this.channels.push(channel);
    return channel;
  }

  /**
   * Not `onModuleDestroy`: on a signal that comes before the consumers have finished what they are doing.
   * Channels first: a channel that waits for its close-ok while the connection closes waits without end.
   */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.channels.map((channel) => channel.close()));
    await withDeadline(this.connection.close(), CLOSE_TIMEOUT_MS).catch((error: unknown) =>
      logger.warn({ reason: reasonOf(error) }, 'The connection to RabbitMQ did not close in time'),
    );
  }

  private async check(): Promise<void> {
    if (!this.amqp.connected) throw new Error('not connected; is RABBITMQ_URL right and the broker up?');
  }
}

/** Takes `declare` out of the URLs, which the client of RabbitMQ does not know. @throws for a value that is neither on nor off */
function declaring(urls: readonly string[]): { targets: string[]; declares: boolean } {
  let declares = true;
  const targets = urls.map((text) => {
    const url = new URL(text);
    const value = url.searchParams.get('declare') ?? 'on';
    if (value !== 'on' && value !== 'off') throw new Error(`RABBITMQ_URL: declare=${value} is neither on nor off`);
    if (value === 'off') declares = false;
    url.searchParams.delete('declare');
    return url.href;
  });
  return { targets, declares };
}

/** One line when an outage begins and one when it ends, not one per attempt. */
function logOutages(connection: AmqpConnectionManager): void {
  let out = false;
  const lost = ({ err }: { err: Error }) => {
    if (!out) logger.warn({ reason: reasonOf(err) }, 'RabbitMQ is not reachable; continuing without it');
    out = true;
  };
  connection.on('disconnect', lost);
  connection.on('connectFailed', lost);
  connection.on('connect', () => {
    if (out) logger.info('RabbitMQ is reachable again');
    out = false;
  });
}
