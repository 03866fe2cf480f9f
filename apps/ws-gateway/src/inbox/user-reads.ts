import { Injectable } from '@nestjs/common';
import { withDeadline } from '@convene/observability/deadline';

/** Statements of one node at a time: one that hangs takes a lane, not the node. */
const LANES = 4;
/** The pool ends the statement itself a little later, and its connection with it. */
const READ_DEADLINE_MS = 5_000;

/**
 * Reads about users. Those of one user run one after the other, so that a result is never older than the one before it
 * and can be applied in order of arrival; those of other users do not wait for them.
 */
@Injectable()
export class UserReads {
  /** The end of the last read of each user who has one under way. */
  private readonly tails = new Map<string, Promise<void>>();
  private readonly waiting: (() => void)[] = [];
  private taken = 0;
  private completedAt = -Infinity;

  isBusy(userId: string): boolean {
    return this.tails.has(userId);
  }

  /** Milliseconds since PostgreSQL answered the last time. */
  get sinceCompletedMs(): number {
    return performance.now() - this.completedAt;
  }

  /** Runs `work` when a lane is free. */
  async lane<T>(work: () => Promise<T>): Promise<T> {
    if (this.taken < LANES) this.taken += 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.taken -= 1;
    }
  }

  /** Runs `read` after the reads of these users that were asked for before. */
  inOrder<T>(userIds: readonly string[], read: () => Promise<T>): Promise<T> {
    const earlier = new Set(userIds.flatMap((userId) => this.tails.get(userId) ?? []));
    const result = earlier.size === 0 ? read() : Promise.all(earlier).then(read);
    const tail: Promise<void> = result.then(
      () => this.end(userIds, tail),
      () => this.end(userIds, tail),
    );
    for (const userId of userIds) this.tails.set(userId, tail);
    return result;
  }

  /** One statement. @throws DeadlineError when it takes too long; a later result is ignored. */
  async statement<T>(read: () => Promise<T>): Promise<T> {
    const result = await withDeadline(read(), READ_DEADLINE_MS, 'PostgreSQL');
    this.completedAt = performance.now();
    return result;
  }

  private end(userIds: readonly string[], tail: Promise<void>): void {
    for (const userId of userIds) if (this.tails.get(userId) === tail) this.tails.delete(userId);
  }
}
