type Task = () => PromiseLike<unknown> | undefined;

/** One after the other: at once where nothing is waited for, and never two at a time. */
export class SerialQueue {
  private readonly tasks: Task[] = [];
  private busy = false;

  /** @param task Must not fail. */
  add(task: Task): void {
    this.tasks.push(task);
    this.drain();
  }

  /** What has not begun never will. */
  clear(): void {
    this.tasks.length = 0;
  }

  private drain(): void {
    if (this.busy) return;
    this.busy = true;
    for (let task = this.tasks.shift(); task; task = this.tasks.shift()) {
      const pending = task();
      if (!pending) continue;
      void pending.then(() => {
        this.busy = false;
        this.drain();
      });
      return;
    }
    this.busy = false;
  }
}
