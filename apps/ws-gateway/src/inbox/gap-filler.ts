import { Injectable, OnModuleDestroy } from '@nestjs/common';
import { logger, reasonOf } from '@convene/observability/logger';
import type { ConnectedUser } from '../connections/connected-user';
import { gapFills, gapFrames } from '../metrics';
import { SnapshotBatcher } from './snapshot-batcher';

/** How long a gap may close by itself: frames of one inbox overtake each other by a few milliseconds. */
const WAIT_TIMEOUT_MS = 50;
/** Between the pages of a long replay. */
const NEXT_PAGE_MS = 5;
const MAX_PAUSE_MS = 5_000;

/** Reads the notifications that a user's streams wait for from the primary, until none is behind. */
@Injectable()
export class GapFiller implements OnModuleDestroy {
  private readonly timers = new Map<ConnectedUser, NodeJS.Timeout>();

  constructor(private readonly snapshots: SnapshotBatcher) {}

  /** Looks after the user's gap in a moment, if it is still there. */
  watch(user: ConnectedUser): void {
    this.lookIn(WAIT_TIMEOUT_MS, user, 0);
  }

  private lookIn(pauseMs: number, user: ConnectedUser, failures: number): void {
    if (this.timers.has(user) || !isBehind(user)) return;
    this.timers.set(
      user,
      setTimeout(() => void this.fill(user, failures), pauseMs),
    );
  }

  onModuleDestroy(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  private async fill(user: ConnectedUser, failures: number): Promise<void> {
    const behind = user.openConnections.filter(({ wantsPage }) => wantsPage);
    let filled = false;
    if (behind.length > 0) {
      const after = Math.min(...behind.map(({ stream }) => stream.cursor));
      gapFills.inc();
      try {
        const { page } = await this.snapshots.read(user.id, after);
        for (const connection of behind) {
          const frames = connection.stream.fill(page);
          gapFrames.inc(frames.length);
          connection.deliver(frames);
        }
        filled = page.to > after;
      } catch (error) {
        logger.warn({ userId: user.id, reason: reasonOf(error) }, 'A gap could not be filled yet');
      }
    }
    this.timers.delete(user);
    if (filled) this.lookIn(NEXT_PAGE_MS, user, 0);
    // Not a failure, but a client that has the last page still to take.
    else if (behind.length === 0) this.watch(user);
    else this.lookIn(Math.min(WAIT_TIMEOUT_MS * 2 ** (failures + 1), MAX_PAUSE_MS), user, failures + 1);
  }
}

function isBehind({ connections }: ConnectedUser): boolean {
  for (const { isOpen, stream } of connections) if (isOpen && stream.behind) return true;
  return false;
}
