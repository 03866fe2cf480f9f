/** A wave that takes longer does not hold back what arrives after it: one of its messages waits for a lock, or for a host outside. */
const PATIENCE_MS = 20;

/**
 * Lets the messages of a queue begin in waves: those of one turn of the event loop together, and those that arrive while
 * a wave is in work together after it. Their statements and frames then fall into the same turns, and each is sent once
 * for all of them (see `TurnBatcher`). A message never waits for others to arrive.
 *
 * Example: a message arrives at 0 ms and is over at 6 ms. Four that arrive meanwhile begin together at 6 ms, and cost one
 * statement instead of four. Had the first one waited for a lock, they would have begun at 20 ms.
 */
export class Waves {
  private waiting: (() => Promise<void>)[] = [];
  /** The wave that arrivals wait for. */
  private current: object | undefined;

  /** @param work Begins with the next wave. Settles as it does. */
  run(work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      // Asynchronous, so that what it throws before its first await is its own failure, too, and the wave goes on.
      const begin = async () => work();
      this.waiting.push(() => begin().then(resolve, reject));
      if (!this.current) this.schedule();
    });
  }

  private schedule(): void {
    const wave = (this.current = {});
    setImmediate(() => this.begin(wave));
  }

  private begin(wave: object): void {
    const works = this.waiting;
    this.waiting = [];
    const over = () => {
      clearTimeout(patience);
      if (this.current !== wave) return;
      this.current = undefined;
      if (this.waiting.length > 0) this.schedule();
    };
    const patience = setTimeout(over, PATIENCE_MS);
    void Promise.all(works.map((work) => work())).then(over);
  }
}
