const MAX_SEEN = 1_000;

/** The ids of emitted hints: bounded, the oldest is dropped first. */
export class SeenHints {
  private readonly seen = new Set<string>();

  constructor(private readonly most = MAX_SEEN) {}

  /** @returns whether it is new. */
  add(eventId: string): boolean {
    if (this.seen.has(eventId)) return false;
    this.seen.add(eventId);
    for (const oldest of this.seen) {
      if (this.seen.size <= this.most) break;
      this.seen.delete(oldest);
    }
    return true;
  }
}
