import type { Snapshot } from '@convene/inbox/snapshot';

/** Where a device says it stopped. */
export interface ResumeRequest {
  readonly lastSeq?: number | undefined;
  readonly epoch?: string | undefined;
}

/**
 * Whether everything after `lastSeq` can follow, and from which seq the stream goes on. A device that has nothing to
 * resume, comes from another lineage of seqs, or missed more than `limit` seqs starts live at the head, and finds the rest
 * in the HTTP list.
 */
export function resumePoint({ lastSeq, epoch }: ResumeRequest, { epoch: lineage, headSeq }: Snapshot, limit: number) {
  const missed = lastSeq === undefined ? -1 : headSeq - lastSeq;
  const recovered = lastSeq !== undefined && (epoch ?? lineage) === lineage && missed >= 0 && missed <= limit;
  return { recovered, cursor: recovered ? lastSeq : headSeq };
}
