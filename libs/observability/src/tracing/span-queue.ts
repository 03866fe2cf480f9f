import { Counter } from 'prom-client';
import { withDeadline } from '../deadline';
import { logger, reasonOf } from '../logger';
import type { FinishedSpan } from './spans';

/** What waits for a collector that is slow or away; the rest is dropped. At most 2 MB. */
const MAX_QUEUED = 2_048;
/** Spans of one request: encoding them takes about a millisecond of the event loop. */
const MAX_BATCH = 128;
const DELAY_MS = 2_000;

const exported = new Counter({ name: 'trace_spans_exported_total', help: 'Spans that the collector has accepted' });
const dropped = new Counter({
  name: 'trace_spans_dropped_total',
  help: 'Recorded spans that are lost: the queue was full (queue_full), the collector failed or was silent (export_failed), or the process ended (shutdown)',
  labelNames: ['reason'],
});

/** Where spans go. */
export interface Collector {
  /** @throws when the spans are not accepted, after its time-out at the latest. */
  export(spans: readonly FinishedSpan[]): Promise<void>;
  shutdown(): Promise<void>;
}

/** Exports finished spans in batches. Adding one never waits, whatever the collector does. */
export class SpanQueue {
  private readonly queue: FinishedSpan[] = [];
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;
  private failing = false;
  private closed = false;

  constructor(private readonly collector: Collector) {}

  add(span: FinishedSpan): void {
    if (this.closed) return dropped.inc({ reason: 'shutdown' });
    if (this.queue.length >= MAX_QUEUED) return dropped.inc({ reason: 'queue_full' });
    this.queue.push(span);
    if (this.queue.length >= MAX_BATCH) this.send();
    else this.timer ??= setTimeout(() => this.send(), DELAY_MS).unref();
  }

  /** Sends what is in the queue. What is not sent by the deadline is dropped. */
  async close(deadlineMs: number): Promise<void> {
    this.closed = true;
    this.send();
    const finished = Promise.resolve(this.sending).then(() => this.collector.shutdown());
    await withDeadline(finished, deadlineMs).catch(() => undefined);
    dropped.inc({ reason: 'shutdown' }, this.queue.splice(0).length);
  }

  /** One request at a time: a slow collector gets no more load. */
  private send(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.sending ??= this.drain().finally(() => (this.sending = undefined));
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) await this.export(this.queue.splice(0, MAX_BATCH));
  }

  private async export(spans: readonly FinishedSpan[]): Promise<void> {
    const error = await this.collector.export(spans).then(
      () => undefined,
      (reason: unknown) => reason ?? new Error('The collector failed'),
    );
    if (error) dropped.inc({ reason: 'export_failed' }, spans.length);
    else exported.inc(spans.length);
    // Once per outage, not once per batch.
    if (error && !this.failing)
      logger.warn({ reason: reasonOf(error) }, 'Spans could not be exported; they are dropped');
    if (!error && this.failing) logger.info('Spans are exported again');
    this.failing = error !== undefined;
  }
}
