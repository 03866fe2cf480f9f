import { Injectable } from '@nestjs/common';
import { GatheredCounter } from '@convene/observability/gathered-counter';
import { logger, reasonOf } from '@convene/observability/logger';
import type { Trace } from '@convene/observability/trace';
import { recordedTrace, recordSpan, type SpanFacts } from '@convene/observability/tracing/spans';
import type { OutboxRow } from '@convene/prisma/outbox-row';
import { announceEvents, Publisher, type PublishOutcome } from '../publisher';
import { toMessage } from './outbox-message';
import { OutboxStore } from './outbox-store';

/** How long other relays leave a row alone whose process may have died: what a crash costs its event. */
export const CLAIM_MS = 1_000;
/** How often claims are renewed; a row is renewed from half of this age on. */
const RENEW_EVERY_MS = 400;

const relayed = new GatheredCounter({
  name: 'outbox_relayed_total',
  help: 'Outbox rows by what became of their publication: confirmed, returned (no queue), unknown',
  labelNames: ['outcome'],
});
// A counter that is born with its first increment shows no increase, and the first returned row is worth an alert.
for (const outcome of ['confirmed', 'returned', 'unknown'] satisfies PublishOutcome[]) relayed.inc({ outcome }, 0);

/** A row that the broker has answered about. */
interface Settled {
  readonly id: string;
  readonly outcome: PublishOutcome;
}

/**
 * The rows that this process has claimed, until they are marked as published or given back. In the calm case a row is
 * written twice in its life: inserted with its claim, and marked, together with all that were confirmed meanwhile. Only a
 * row that is not confirmed for some hundreds of milliseconds has its claim renewed.
 */
@Injectable()
export class ClaimedRows {
  /** Since when, by `performance.now()`. */
  private readonly held = new Map<string, number>();
  private readonly settled: Settled[] = [];
  private settling: Promise<void> | undefined;
  private renewals: NodeJS.Timeout | undefined;
  private renewing: Promise<void> | undefined;

  constructor(
    private readonly store: OutboxStore,
    private readonly publisher: Publisher,
  ) {
    announceEvents();
  }

  /** Resolves when each of the rows is marked, or given back. @throws what the database throws */
  async publish(rows: readonly OutboxRow[]): Promise<void> {
    const since = performance.now();
    for (const { id } of rows) this.held.set(id, since);
    this.renewals ??= setInterval(() => {
      this.renewing ??= this.renew().finally(() => (this.renewing = undefined));
    }, RENEW_EVERY_MS);
    await Promise.all(rows.map((row) => this.publishOne(row)));
  }

  private async publishOne(row: OutboxRow): Promise<void> {
    const span = recordedTrace(row.traceparent);
    const outcome = await (span ? this.publishInSpan(row, span) : this.publisher.publish(toMessage(row)));
    relayed.inc({ outcome });
    this.settled.push({ id: row.id, outcome });
    await (this.settling ??= this.settle());
  }

  /** The message continues the trace from the span of its publication. */
  private async publishInSpan(row: OutboxRow, trace: Trace): Promise<PublishOutcome> {
    const startedAt = performance.now();
    const outcome = await this.publisher.publish(toMessage({ ...row, traceparent: trace.traceparent }));
    const attributes = { 'messaging.system': 'rabbitmq', 'messaging.message.id': row.id, 'convene.outcome': outcome };
    const facts: SpanFacts = { name: `publish ${row.type}`, kind: 'producer', attributes };
    recordSpan(trace, facts, performance.now() - startedAt, outcome === 'confirmed' ? undefined : outcome);
    return outcome;
  }

  /**
   * One statement at a time, for all that the broker has answered meanwhile. When one fails, all that is here is given up
   * with it: its claims end, and a relay publishes it again.
   */
  private async settle(): Promise<void> {
    // What is confirmed by the same packet of the broker is here after this turn of the event loop.
    await new Promise(setImmediate);
    try {
      while (this.settled.length > 0) await this.settleBatch(this.settled.splice(0));
    } finally {
      this.drop(this.settled.splice(0));
      this.settling = undefined;
    }
  }

  private async settleBatch(batch: readonly Settled[]): Promise<void> {
    const those = (is: (outcome: PublishOutcome) => boolean) =>
      batch.filter(({ outcome }) => is(outcome)).map(({ id }) => id);
    const sent = those((outcome) => outcome === 'confirmed');
    const unsent = those((outcome) => outcome !== 'confirmed');
    const returned = those((outcome) => outcome === 'returned');
    try {
      if (sent.length > 0) await this.store.markPublished(sent);
      if (unsent.length > 0) await this.store.release(unsent, returned);
    } finally {
      this.drop(batch);
    }
    const outcomes = [...new Set(batch.map(({ outcome }) => outcome))];
    if (unsent.length > 0) logger.warn({ events: unsent.length, outcomes }, 'Events could not be published yet');
  }

  private drop(batch: readonly Settled[]): void {
    for (const { id } of batch) this.held.delete(id);
    if (this.held.size > 0) return;
    clearInterval(this.renewals);
    this.renewals = undefined;
  }

  private async renew(): Promise<void> {
    const oldest = performance.now() - RENEW_EVERY_MS / 2;
    const ids = [...this.held].filter(([, since]) => since < oldest).map(([id]) => id);
    if (ids.length === 0) return;
    await this.store
      .renew(ids, CLAIM_MS)
      .catch((error: unknown) => logger.warn({ reason: reasonOf(error) }, 'Claims of the outbox were not renewed'));
  }
}
