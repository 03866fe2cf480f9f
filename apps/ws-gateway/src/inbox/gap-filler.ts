import { logger, reasonOf } from '@convene/observability/logger';
import { Injectable, OnModuleDestroy } from '@nestjs/common';
import { gapFills, gapFrames } from '../metrics';
import type { LocalUser } from '../sessions/local-user';
import { SnapshotBatcher } from './snapshot-batcher';

/** How long a gap may close by itself: frames of one inbox overtake each other by a few milliseconds. */
const PATIENCE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

/** Reads from the primary what a user's streams wait for, until none is behind. */
@Injectable()
export class GapFiller implements OnModuleDestroy {
  private readonly timers = new Map<LocalUser, NodeJS.Timeout>();

  constructor(private readonly snapshots: SnapshotBatcher) {}

  /** Looks after the user's gap in a moment, if it is still there. */
  watch(user: LocalUser, failures = 0): void {
    if (this.timers.has(user) || !user.openSessions.some(({ stream }) => stream.behind)) return;
    const pause = Math.min(PATIENCE_MS * 2 ** failures, LONGEST_PAUSE_MS);
    this.timers.set(
      user,
      setTimeout(() => void this.fill(user, failures), pause),
    );
  }

  onModuleDestroy(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  private async fill(user: LocalUser, failures: number): Promise<void> {
    const behind = user.openSessions.filter(({ stream }) => stream.behind);
    let filled = false;
    if (behind.length > 0) {
      const after = Math.min(...behind.map(({ stream }) => stream.cursor));
      gapFills.inc();
      try {
        const { page } = await this.snapshots.read(user.id, after);
        for (const session of user.openSessions) {
          const frames = session.stream.fill(page);
          gapFrames.inc(frames.length);
          session.deliver(frames);
        }
        filled = page.to > after;
      } catch (error) {
        logger.warn({ userId: user.id, reason: reasonOf(error) }, 'A gap could not be filled yet');
      }
    }
    this.timers.delete(user);
    this.watch(user, filled ? 0 : failures + 1);
  }
}
