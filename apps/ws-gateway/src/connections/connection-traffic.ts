import { Inject, Injectable } from '@nestjs/common';
import { logger } from '@convene/observability/logger';
import { dropUnwritten, terminate } from '../engine/backlog';
import { ENV, type Env } from '../env';
import type { Connection, Traffic } from './connection';
import { closeConnection, spread } from './connection-closer';
import { DeliveryLog } from './delivery-log';

/** How long a slow client may take to read why it is closed. */
const CLOSE_TIMEOUT_MS = 5_000;

/** Logs deliveries, and closes connections whose client reads too slowly, before their backlog takes memory from others. */
@Injectable()
export class ConnectionTraffic implements Traffic {
  private readonly evicted = new WeakSet<Connection>();

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly log: DeliveryLog,
  ) {}

  delivered(connection: Connection, notificationId: string): void {
    this.log.note(connection.userId, notificationId);
  }

  /** Whether the backlog is so large that a replay waits. */
  isCongested(connection: Connection): boolean {
    return connection.waitingBytes() > this.env.WS_MAX_BUFFER_BYTES / 4;
  }

  /** Called after every emit. */
  sent(connection: Connection): void {
    const waiting = connection.waitingBytes();
    if (waiting > this.env.WS_MAX_BUFFER_BYTES) this.evict(connection, waiting);
  }

  /** Unwritten packets are dropped: the inbox has the notifications, and the client resumes. */
  private evict(connection: Connection, waiting: number): void {
    if (this.evicted.has(connection)) return;
    this.evicted.add(connection);
    const { conn } = connection.socket;
    logger.info({ userId: connection.userId, waiting }, 'A slow consumer is ended');
    dropUnwritten(conn);
    closeConnection(connection, 'SLOW_CONSUMER', 1_000 + spread(4_000));
    const hangUp = setTimeout(() => terminate(conn), CLOSE_TIMEOUT_MS).unref();
    conn.once('close', () => clearTimeout(hangUp));
  }
}
