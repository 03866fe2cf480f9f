import { Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { logger } from '@convene/observability/logger';
import { scrapedGauge, sharedRead } from '@convene/observability/scraped-gauge';
import type { OutboxRow } from '@convene/prisma/outbox-row';
import { Publisher } from '../publisher';
import { CLAIM_MS, ClaimedRows } from './claimed-rows';
import { OutboxStore } from './outbox-store';
import { Waker } from './waker';

/** As many as the publisher has in flight at a time. */
const BATCH = 500;
/** For the rows of other processes: workers, and gateways that died after their commit. */
const POLL_MS = 1_000;
const AFTER_FAILURE_MS = 1_000;
/** When another relay is claiming what is due. */
const LOCKED_MS = 100;
/** The part of a claim that must be left for rows to be published at once. */
const FRESH_MS = CLAIM_MS / 2;

/**
 * Carries committed events from PostgreSQL to RabbitMQ. Any number may run: a row is claimed by one at a time. The rows of
 * its own process are inserted with a claim and published right after their commit; the poll finds the others.
 *
 * Example: a gateway commits an event at 0 ms with a claim to 1,000 ms, and dies. The poll of another one at 700 ms sees
 * the row and its claim, comes back at 1,000 ms, claims the row and publishes it.
 */
@Injectable()
export class OutboxRelay implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly waker = new Waker();
  private readonly own = new Set<Promise<void>>();
  /** The batch of the last pass, which is published while the next is claimed. */
  private underWay: Promise<void> = Promise.resolve();
  private running: Promise<void> | undefined;
  private stopping = false;

  constructor(
    private readonly store: OutboxStore,
    private readonly claimed: ClaimedRows,
    private readonly publisher: Publisher,
  ) {
    exposeBacklog(store);
  }

  /** For how long an event that is committed now is claimed for `publishOwn`; undefined when that would not publish it. */
  get claimMs(): number | undefined {
    return this.stopping || !this.publisher.connected ? undefined : CLAIM_MS;
  }

  /** Something without a claim was committed: do not wait for the poll. */
  wake(): void {
    this.waker.wake();
  }

  /**
   * Publishes what was committed with a claim of this process. What cannot be published now is left to the poll.
   * @param claimedAt When the claim was sent, by `performance.now()`.
   */
  publishOwn(rows: readonly OutboxRow[], claimedAt: number): void {
    const fresh = performance.now() - claimedAt < FRESH_MS;
    if (rows.length === 0 || !fresh || this.stopping || !this.publisher.connected) return;
    const publication = this.claimed.publish(rows).catch((error: unknown) => {
      logger.error({ err: error }, 'Published events could not be marked; they are published again');
    });
    this.own.add(publication);
    void publication.then(() => this.own.delete(publication));
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    this.waker.wake();
    await Promise.all([this.running, ...this.own]);
    await this.underWay.catch(() => undefined);
  }

  private async run(): Promise<void> {
    let failing = false;
    while (!this.stopping) {
      try {
        const pauseMs = this.publisher.connected ? await this.pass() : POLL_MS;
        failing = false;
        if (pauseMs > 0) await this.waker.sleep(pauseMs);
      } catch (error) {
        // Once per outage, not once per attempt.
        if (!failing) logger.error({ err: error }, 'The outbox relay failed; its rows stay and it tries again');
        failing = true;
        await this.waker.sleep(AFTER_FAILURE_MS);
      }
    }
  }

  /** @returns how long nothing else is due. */
  private async pass(): Promise<number> {
    const { due, nextInMs } = await this.store.look(BATCH);
    const rows = due ? await this.store.claim(BATCH, CLAIM_MS) : [];
    const previous = this.underWay;
    this.underWay = rows.length > 0 ? this.claimed.publish(rows) : Promise.resolve();
    // The next pass throws what this one cannot know yet.
    this.underWay.catch(() => undefined);
    await previous;
    if (!due) return Math.min(POLL_MS, nextInMs ?? POLL_MS);
    return rows.length > 0 ? 0 : LOCKED_MS;
  }
}

function exposeBacklog(store: OutboxStore): void {
  const backlog = sharedRead(() => store.backlog());
  scrapedGauge('outbox_pending', 'Committed events that are not published yet', async () => (await backlog()).pending);
  scrapedGauge(
    'outbox_lag_seconds',
    'Age of the oldest committed event that is not published yet',
    async () => (await backlog()).oldestSeconds,
  );
}
