/** The callers that wait for a connection of one pool. */
export class PoolWaits {
  /** When each began to, in order of arrival, which is that of the pool. */
  private readonly waiting = new Set<{ readonly since: number }>();

  /** Counts a caller as waiting until it calls the function returned. */
  start(): () => void {
    const wait = { since: performance.now() };
    this.waiting.add(wait);
    return () => this.waiting.delete(wait);
  }

  /** How long the caller that waits longest has been waiting, in ms; 0 when none waits. */
  longestMs(): number {
    for (const { since } of this.waiting) return performance.now() - since;
    return 0;
  }
}
