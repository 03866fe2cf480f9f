import type { Snapshot } from '@convene/inbox/snapshot';

/** Where a device stopped. */
export interface ResumeRequest {
  readonly lastSeq?: number | undefined;
  readonly epoch?: string | undefined;
}

/**
 * Whether everything after `lastSeq` can follow, and from which seq the stream goes on. Example, with `headSeq` 9, epoch
 * `a` and a limit of 5:
 *
 * | the device sends   | recovered | cursor |                                                        |
 * | ------------------ | --------- | ------ | ------------------------------------------------------ |
 * | lastSeq 6, epoch a | true      | 6      | 7, 8 and 9 follow                                      |
 * | lastSeq 6, epoch b | false     | 9      | seqs of another epoch belong to other notifications    |
 * | lastSeq 3, epoch a | false     | 9      | 6 missed, more than the limit                          |
 * | lastSeq 12         | false     | 9      | the inbox was restored to before the device's position |
 * | nothing            | false     | 9      | nothing to resume                                      |
 *
 * A device that is not recovered reads the HTTP list.
 */
export function resumePoint({ lastSeq, epoch }: ResumeRequest, { epoch: current, headSeq }: Snapshot, limit: number) {
  const missed = lastSeq === undefined ? -1 : headSeq - lastSeq;
  const recovered = lastSeq !== undefined && (epoch ?? current) === current && missed >= 0 && missed <= limit;
  return { recovered, cursor: recovered ? lastSeq : headSeq };
}
