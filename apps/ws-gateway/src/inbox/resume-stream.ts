import type { Snapshot } from '@convene/inbox/snapshot';
import type { Connection } from '../connections/connection';
import { replaySize, resumes } from '../metrics';
import { resumePoint, type ResumeRequest } from './resume-point';

export interface Resumed {
  readonly recovered: boolean;
  readonly headSeq: number;
  readonly epoch: string;
}

export interface ResumeOptions {
  /** Seqs that a resume brings at most. */
  readonly limit: number;
  /** Called before the first replayed frame, so that the client learns first whether anything is missing. */
  readonly confirm: (resumed: Resumed) => void;
}

/** Lets a stream go on after the seq where the device stopped: first `confirm`, then the replay, then live frames. */
export function resumeStream(
  connection: Connection,
  from: ResumeRequest,
  snapshot: Snapshot,
  { limit, confirm }: ResumeOptions,
): void {
  const { stream } = connection;
  const { headSeq, epoch, page } = snapshot;
  const { recovered, cursor } = resumePoint(from, snapshot, limit);
  confirm({ recovered, headSeq, epoch });
  stream.expect(headSeq);
  connection.deliver([...stream.start(cursor), ...stream.fill(page)]);
  resumes.inc({ recovered: String(recovered) });
  if (recovered) replaySize.observe(headSeq - cursor);
}
