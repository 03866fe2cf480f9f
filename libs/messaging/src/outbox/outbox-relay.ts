import { Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Counter } from 'prom-client';
import { logger } from '@convene/observability/logger';
import { scrapedGauge } from '@convene/observability/scraped-gauge';
import type { OutboxRow } from '@convene/prisma/outbox-row';
import { writeHeaders } from '../headers';
import { BrokerMessage, Publisher } from '../publisher';
import { EXCHANGE } from '../topology/queues';
import { serializeEvent } from '../wire';
import { OutboxStore } from './outbox-store';
import { Waker } from './waker';

const BATCH = 200;
/** Longer than any publish can take: a claim runs out only when its relay is dead. */
const CLAIM_MS = 15_000;
/** For the rows of other processes: workers, and gateways that died after their commit. */
const POLL_MS = 1_000;
const AFTER_FAILURE_MS = 1_000;

const relayed = new Counter({
  name: 'outbox_relayed_total',
  help: 'Outbox rows by what became of their publication: confirmed, returned (no queue), unknown',
  labelNames: ['outcome'],
});

/** Carries committed events from PostgreSQL to RabbitMQ. Any number may run: a row is claimed by one at a time. */
@Injectable()
export class OutboxRelay implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly waker = new Waker();
  private running: Promise<void> | undefined;
  private stopping = false;

  constructor(
    private readonly store: OutboxStore,
    private readonly publisher: Publisher,
  ) {
    exposeBacklog(store);
  }

  /** Something was committed: do not wait for the poll. */
  wake(): void {
    this.waker.wake();
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    this.waker.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    let failing = false;
    while (!this.stopping) {
      try {
        const claimed = this.publisher.connected ? await this.pass() : 0;
        failing = false;
        if (claimed < BATCH) await this.waker.sleep(POLL_MS);
      } catch (error) {
        // Once per outage, not once per attempt.
        if (!failing) logger.error({ err: error }, 'The outbox relay failed; its rows stay and it tries again');
        failing = true;
        await this.waker.sleep(AFTER_FAILURE_MS);
      }
    }
  }

  /** @returns how many rows it took. */
  private async pass(): Promise<number> {
    const rows = await this.store.claim(BATCH, CLAIM_MS);
    if (rows.length === 0) return 0;
    const outcomes = await Promise.all(rows.map((row) => this.publisher.publish(toMessage(row))));
    for (const outcome of outcomes) relayed.inc({ outcome });
    const sent = rows.filter((_, index) => outcomes[index] === 'confirmed').map((row) => row.id);
    const unsent = rows.filter((_, index) => outcomes[index] !== 'confirmed').map((row) => row.id);
    if (sent.length > 0) await this.store.markPublished(sent);
    if (unsent.length > 0) {
      await this.store.release(unsent);
      logger.warn({ events: unsent.length, outcomes: [...new Set(outcomes)] }, 'Events could not be published yet');
    }
    return rows.length;
  }
}

/** An outbox row as it goes on the wire; the relay and the sweepers send the same. */
export function toMessage(
  row: OutboxRow,
  to: { exchange: string; routingKey: string } = routeOf(row),
  chain?: string,
): BrokerMessage {
  const { traceparent, occurredAt, ...event } = row;
  return {
    ...to,
    messageId: row.id,
    body: serializeEvent({ ...event, occurredAt: occurredAt.toISOString() }),
    headers: writeHeaders({ attempt: 1, ...(chain && { chain }), ...(traceparent && { traceparent }) }),
  };
}

const routeOf = (row: OutboxRow) => ({ exchange: EXCHANGE, routingKey: row.type });

function exposeBacklog(store: OutboxStore): void {
  scrapedGauge(
    'outbox_pending',
    'Committed events that are not published yet',
    async () => (await store.backlog()).pending,
  );
  scrapedGauge(
    'outbox_lag_seconds',
    'Age of the oldest committed event that is not published yet',
    async () => (await store.backlog()).oldestSeconds,
  );
}
