type Listener = (line: string) => void;

/** What a process prints: kept (the latest thousands), handed on, and waited for. */
export class LogLines {
  readonly lines: string[] = [];
  private readonly listeners = new Set<Listener>();
  private readonly keep = 20_000;

  add(line: string): void {
    this.lines.push(line);
    if (this.lines.length > this.keep) this.lines.splice(0, this.keep / 10);
    for (const listener of [...this.listeners]) listener(line);
  }

  /** Returns the function that ends it. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The first match from index `from` on (0: everything so far), or the next to come. */
  find(pattern: RegExp, { from = 0, timeoutMs = 30_000 } = {}): Promise<string> {
    const already = this.lines.slice(from).find((line) => pattern.test(line));
    if (already !== undefined) return Promise.resolve(already);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        end();
        reject(new Error(`No line like ${pattern} within ${timeoutMs} ms`));
      }, timeoutMs);
      const end = this.listen((line) => {
        if (!pattern.test(line)) return;
        clearTimeout(timer);
        end();
        resolve(line);
      });
    });
  }
}
