import { Injectable } from '@nestjs/common';
import { InboxReader } from './inbox-reader';
import { SerialReads } from './serial-reads';
import type { Snapshot, SnapshotRequest } from './snapshot';

/** Nobody notices it, and in a rush it makes statements fewer: with 2 ms an accept costs a tenth more of processor time. */
const LINGER_MS = 8;
/** A herd of 10,000 costs forty statements; one that missed a full replay each, not more memory than a node can spare. */
const LARGEST_BATCH = 250;

interface Waiting {
  readonly request: SnapshotRequest;
  readonly resolve: (snapshot: Snapshot) => void;
  readonly reject: (error: unknown) => void;
  readonly promise: Promise<Snapshot>;
}

/**
 * Whoever asks within a few milliseconds, or while a read is under way, shares one statement. An answer is always of a
 * snapshot taken after the question.
 */
@Injectable()
export class SnapshotBatcher {
  private waiting = new Map<string, Waiting>();
  private scheduled = false;

  constructor(
    private readonly reader: InboxReader,
    private readonly reads: SerialReads,
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
    setTimeout(() => void this.reads.run(() => this.flush()), LINGER_MS);
  }

  private async flush(): Promise<void> {
    this.scheduled = false;
    const batch = [...this.waiting].slice(0, LARGEST_BATCH);
    for (const [key] of batch) this.waiting.delete(key);
    if (this.waiting.size > 0) this.schedule();
    const entries = batch.map(([, entry]) => entry);
    try {
      const snapshots = await this.reader.read(entries.map(({ request }) => request));
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
