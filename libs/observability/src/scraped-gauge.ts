import { Gauge, register } from 'prom-client';
import { withDeadline } from './deadline';

const READ_TIMEOUT_MS = 1_000;

/**
 * A gauge that is read when Prometheus scrapes. A value that cannot be read is NaN and does not fail the whole scrape: the
 * other metrics are needed most while a server is down.
 */
export function scrapedGauge(name: string, help: string, read: () => Promise<number>): void {
  register.removeSingleMetric(name);
  new Gauge({
    name,
    help,
    async collect() {
      this.set(await withDeadline(read(), READ_TIMEOUT_MS).catch(() => NaN));
    },
  });
}

/** For gauges that one read answers: those of one scrape ask at once, and share it. */
export function sharedRead<T>(read: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => (asked ??= read().finally(() => (asked = undefined)));
}
