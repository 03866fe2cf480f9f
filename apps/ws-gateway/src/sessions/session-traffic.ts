import { logger } from '@convene/observability/logger';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_ENV, type GatewayEnv } from '../env';
import { DeliveryLog } from '../inbox/delivery-log';
import { underlying, unwritten } from './backlog';
import type { LiveSession } from './live-session';
import { closeSession, spread } from './session-closer';

/** How long a client that does not keep up may take to read why it is ended. */
const LAST_WORDS_MS = 5_000;

/** What follows from sending: deliveries are noted, and who does not take what is sent is ended before it costs others. */
@Injectable()
export class SessionTraffic {
  private readonly evicted = new WeakSet<LiveSession>();

  constructor(
    @Inject(GATEWAY_ENV) private readonly env: GatewayEnv,
    private readonly log: DeliveryLog,
  ) {}

  delivered(session: LiveSession, notificationId: string): void {
    this.log.note(session.userId, notificationId);
  }

  /** Whether the client has so much left to take that a replay had better wait. */
  isCongested(session: LiveSession): boolean {
    return session.waitingBytes() > this.env.WS_MAX_BUFFER_BYTES / 4;
  }

  /** To be called after every emit. */
  sent(session: LiveSession): void {
    const waiting = session.waitingBytes();
    if (waiting > this.env.WS_MAX_BUFFER_BYTES) this.evict(session, waiting);
  }

  /** What has not been written is dropped, not delivered late: the inbox has it, and the client comes back for it. */
  private evict(session: LiveSession, waiting: number): void {
    if (this.evicted.has(session)) return;
    this.evicted.add(session);
    const { conn } = session.socket;
    logger.info({ userId: session.userId, waiting }, 'A slow consumer is ended');
    unwritten(conn).length = 0;
    closeSession(session, 'SLOW_CONSUMER', 1_000 + spread(4_000));
    const hangUp = setTimeout(() => underlying(conn)?.terminate(), LAST_WORDS_MS).unref();
    conn.once('close', () => clearTimeout(hangUp));
  }
}
