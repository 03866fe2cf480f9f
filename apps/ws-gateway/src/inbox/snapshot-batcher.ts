import { Injectable } from '@nestjs/common';
import { InboxReader } from '@convene/inbox/inbox-reader';
import type { Snapshot, SnapshotRequest } from '@convene/inbox/snapshot';
import { UserReads } from './user-reads';

/** Too short to be noticed; with 2 ms, statements are more and an accept costs a tenth more processor time. */
const LINGER_MS = 8;
/** 10,000 reconnecting clients cost forty statements; with a full page each, a batch still fits into memory. */
const MAX_BATCH = 250;

interface Waiting {
  readonly request: SnapshotRequest;
  readonly resolve: (snapshot: Snapshot) => void;
  readonly reject: (error: unknown) => void;
  readonly promise: Promise<Snapshot>;
}

/**
 * Reads within a few milliseconds, or while all lanes are taken, share one statement. A result is always of a snapshot
 * taken after the call. A user with a read in progress gets a statement of their own after it; other users do not wait.
 * Example: 600 users connect within 8 ms, and three statements read 250, 250 and 100 inboxes.
 */
@Injectable()
export class SnapshotBatcher {
  private waiting = new Map<string, Waiting>();
  private scheduled = false;

  constructor(
    private readonly reader: InboxReader,
    private readonly reads: UserReads,
  ) {}

  /** @param after Return the rows after this seq; without it none. */
  read(userId: string, after?: number): Promise<Snapshot> {
    const key = `${userId} ${after ?? ''}`;
    const known = this.waiting.get(key);
    if (known) return known.promise;
    const entry = waitingFor({ userId, after });
    this.waiting.set(key, entry);
    this.schedule();
    return entry.promise;
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setTimeout(() => void this.reads.lane(() => this.flush()), LINGER_MS);
  }

  private async flush(): Promise<void> {
    this.scheduled = false;
    const batch = [...this.waiting].slice(0, MAX_BATCH);
    for (const [key] of batch) this.waiting.delete(key);
    if (this.waiting.size > 0) this.schedule();
    const busy = ({ request }: Waiting) => this.reads.isBusy(request.userId);
    const entries = batch.map(([, entry]) => entry);
    for (const entry of entries.filter(busy)) {
      void this.reads.inOrder([entry.request.userId], () => this.reads.lane(() => this.answer([entry])));
    }
    const free = entries.filter((entry) => !busy(entry));
    const userIds = free.map(({ request }) => request.userId);
    if (free.length > 0) await this.reads.inOrder(userIds, () => this.answer(free));
  }

  /** One statement for all entries. Never rejects: a failure rejects the entries. */
  private async answer(entries: readonly Waiting[]): Promise<void> {
    try {
      const requests = entries.map(({ request }) => request);
      const snapshots = await this.reads.statement(() => this.reader.read(requests));
      entries.forEach((entry, index) => {
        const snapshot = snapshots[index];
        if (snapshot) entry.resolve(snapshot);
        else entry.reject(new Error('The database answered fewer inboxes than it was asked for'));
      });
    } catch (error) {
      for (const { reject } of entries) reject(error);
    }
  }
}

function waitingFor(request: SnapshotRequest): Waiting {
  let resolve!: Waiting['resolve'];
  let reject!: Waiting['reject'];
  const promise = new Promise<Snapshot>((...settle) => ([resolve, reject] = settle));
  return { request, resolve, reject, promise };
}
