/** Timers that end together: browsers cannot `unref`, so none may be left behind. */
export class Timers {
  private readonly running = new Set<ReturnType<typeof setTimeout>>();

  /** @returns what cancels it. */
  after(ms: number, act: () => void): () => void {
    const timer = setTimeout(() => {
      this.running.delete(timer);
      act();
    }, ms);
    this.running.add(timer);
    return () => {
      clearTimeout(timer);
      this.running.delete(timer);
    };
  }

  /** Never resolves once cleared. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  clear(): void {
    for (const timer of this.running) clearTimeout(timer);
    this.running.clear();
  }
}
