import { infrastructureCause } from '@convene/observability/infrastructure';

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** The cause of a lock that was not free in time, and of a deadlock. */
const LOCK = 'lock';

export interface TurnBatcherOptions<Item> {
  /** A batch weighs no more, unless it is a single item. */
  readonly maxWeight: number;
  /** 1 by default: `maxWeight` is a number of items. */
  readonly weightOf?: (item: Item) => number;
  /**
   * What the work locks for an item, empty for nothing: items that lock the same stay together where a batch had to wait for a
   * lock, and those that come meanwhile wait in line.
   */
  readonly lockOf?: (item: Item) => string;
}

/**
 * Does together what is asked for within one turn of the event loop: a statement about twenty rows costs little more than a
 * statement about one. Nothing waits for more to come.
 *
 * A batch that fails because of an item is done again item by item, so that the item fails alone. Hence `work` must be safe to
 * repeat, also when it succeeded and only its answer was lost. A lock that was not free in time holds up those that need it
 * only: such a batch is divided by `lockOf` first. Any other failure of the infrastructure (a lost connection, a time-out, an
 * exhausted pool) is that of all items, and nothing is repeated: twenty statements instead of one would add to an overload.
 *
 * Example: three messages ask in one turn, and the second has a value that PostgreSQL refuses. `work` runs with [1, 2, 3], and
 * after its failure with [1], [2] and [3]: 1 and 3 get their results, 2 gets its error.
 */
export class TurnBatcher<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  /** By what a batch in work locks, where that is one thing: the items that came for the same since. */
  private readonly lines = new Map<string, Waiting<Item, Result>[]>();

  /** @param work Resolves with one result per item, in their order. */
  constructor(
    private readonly work: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly options: TurnBatcherOptions<Item>,
  ) {}

  do(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.waiting.push({ item, resolve, reject }) === 1) setImmediate(() => this.flush());
    });
  }

  private flush(): void {
    const all = this.waiting;
    this.waiting = [];
    this.begin(all.filter((one) => !this.joinLine(one)));
  }

  private begin(all: Waiting<Item, Result>[]): void {
    for (let batch = this.firstOf(all); batch.length > 0; batch = this.firstOf(all)) void this.settle(batch);
  }

  private joinLine(one: Waiting<Item, Result>): boolean {
    const line = this.lines.get(this.lockOf([one]));
    line?.push(one);
    return line !== undefined;
  }

  /** What all of them lock; empty where that is nothing, or not the same. */
  private lockOf(batch: readonly Waiting<Item, Result>[]): string {
    const { lockOf = () => '' } = this.options;
    const [lock = '', ...others] = new Set(batch.map(({ item }) => lockOf(item)));
    return others.length === 0 ? lock : '';
  }

  /** Takes the items of the next batch. */
  private firstOf(waiting: Waiting<Item, Result>[]): Waiting<Item, Result>[] {
    const { maxWeight, weightOf = () => 1 } = this.options;
    let weight = 0;
    const end = waiting.findIndex(({ item }, index) => (weight += weightOf(item)) > maxWeight && index > 0);
    return waiting.splice(0, end === -1 ? waiting.length : end);
  }

  /** One batch at a time for one lock: more would wait for it in the server, each with a connection. */
  private async settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    const lock = this.lockOf(batch);
    if (lock === '') return this.run(batch);
    const line = this.lines.get(lock);
    if (line) {
      line.push(...batch);
      return;
    }
    this.lines.set(lock, []);
    await this.run(batch);
    const next = this.lines.get(lock) ?? [];
    this.lines.delete(lock);
    this.begin(next);
  }

  private async run(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.work(batch.map(({ item }) => item));
      if (results.length !== batch.length) throw new Error(`${batch.length} items have ${results.length} results`);
      batch.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      const parts = this.divide(batch, infrastructureCause(error));
      // Under a lock that is theirs alone, they need not wait in line for it.
      const again = this.lockOf(batch) === '' ? this.settle.bind(this) : this.run.bind(this);
      if (parts.length > 1) await Promise.all(parts.map(again));
      else for (const { reject } of batch) reject(error);
    }
  }

  /** @returns one part where the failure cannot be that of an item, or where the batch is one. */
  private divide(batch: readonly Waiting<Item, Result>[], cause: string | undefined) {
    const { lockOf } = this.options;
    if (cause !== undefined && cause !== LOCK) return [batch];
    if (cause === LOCK && lockOf) {
      const byLock = new Map<string, Waiting<Item, Result>[]>();
      for (const one of batch) byLock.set(lockOf(one.item), [...(byLock.get(lockOf(one.item)) ?? []), one]);
      if (byLock.size > 1) return [...byLock.values()];
    }
    return batch.map((one) => [one]);
  }
}
