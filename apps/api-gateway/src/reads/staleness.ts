interface Sample {
  readonly position: bigint;
  readonly at: number;
}

/**
 * How old a replica's view can be, from positions in the write-ahead log: the primary was at a position at a time, so a
 * replica that has replayed it shows everything committed before then. Clocks of servers are not compared. Times in ms.
 */
export class Staleness {
  private readonly waiting: Sample[] = [];
  private shownUpTo = -Infinity;

  /** The primary had written up to `position` at `at`. */
  written(position: bigint, at: number): void {
    this.waiting.push({ position, at });
  }

  /** The replica has replayed up to `position`. */
  replayed(position: bigint): void {
    while (this.waiting[0] && this.waiting[0].position <= position) {
      this.shownUpTo = (this.waiting.shift() as Sample).at;
    }
  }

  replayedAll(at: number): void {
    this.waiting.length = 0;
    this.shownUpTo = at;
  }

  at(now: number): number {
    return now - this.shownUpTo;
  }
}
