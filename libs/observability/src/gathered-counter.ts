import { Counter } from 'prom-client';

/**
 * A counter for what happens with every event: it adds up by itself until it is scraped, because a call of prom-client's
 * validates, sorts and hashes the labels.
 */
export class GatheredCounter<Label extends string> {
  private readonly labelNames: readonly Label[];
  private readonly gathered = new Map<string, { readonly labels: Record<Label, string>; count: number }>();

  constructor(options: { readonly name: string; readonly help: string; readonly labelNames: readonly Label[] }) {
    this.labelNames = options.labelNames;
    const { gathered } = this;
    new Counter({
      ...options,
      collect() {
        for (const entry of gathered.values()) {
          this.inc(entry.labels, entry.count);
          entry.count = 0;
        }
      },
    });
  }

  inc(labels: Readonly<Record<Label, string>>, by = 1): void {
    let key = '';
    for (const name of this.labelNames) key += `${labels[name]}\0`;
    const entry = this.gathered.get(key);
    if (entry) entry.count += by;
    else this.gathered.set(key, { labels, count: by });
  }
}
