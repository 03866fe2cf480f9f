import type { Snapshot } from './snapshot';

/** Where a device says it stopped. */
export interface ResumeRequest {
  readonly lastSeq?: number | undefined;
  readonly epoch?: string | undefined;
}

/**
 * Whether everything after `lastSeq` can follow, and from which seq the stream goes on. A device that has nothing to
 * resume, comes from another lineage of seqs, or missed more than a replay holds starts live at the head, and finds the
 * rest in the HTTP list.
 */
export function resumePoint({ lastSeq, epoch }: ResumeRequest, snapshot: Snapshot) {
  const sameLineage = epoch === undefined || epoch === snapshot.epoch;
  const recovered = lastSeq !== undefined && sameLineage && lastSeq <= snapshot.headSeq && snapshot.complete;
  return { recovered, cursor: recovered ? lastSeq : snapshot.headSeq };
}
