import { Injectable } from '@nestjs/common';
import { InboxReader } from '@convene/inbox/inbox-reader';
import type { Snapshot, SnapshotRequest } from '@convene/inbox/snapshot';
import { UserReads } from './user-reads';

/** Nobody notices it, and in a rush it makes statements fewer: with 2 ms an accept costs a tenth more of processor time. */
const LINGER_MS = 8;
/** A herd of 10,000 costs forty statements; one that missed a full replay each, not more memory than a node can spare. */
const MAX_BATCH = 250;

interface Waiting {
  readonly request: SnapshotRequest;
  readonly resolve: (snapshot: Snapshot) => void;
  readonly reject: (error: unknown) => void;
  readonly promise: Promise<Snapshot>;
}

/**
 * Whoever asks within a few milliseconds, or while all lanes are taken, shares one statement. An answer is always of a
 * snapshot taken after the question. Who has a read under way gets one of their own after it: nobody else waits for it.
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

  /** One statement for all of them. Never rejects: they are told. */
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
