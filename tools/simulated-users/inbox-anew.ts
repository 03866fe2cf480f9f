import type { NotificationView } from '@convene/contracts/frames';
import type { Received } from './received';

export interface InboxAnew {
  /** What the device has from now on, up to `headSeq`: the list. What it had before keeps its moment. */
  readonly received: readonly Received[];
  /** What a server that lost nothing excludes. */
  readonly faults: readonly string[];
}

/**
 * A new epoch has begun, and the device has read its list anew. The list must have every seq to the head, and must begin with what
 * the device had. Example: it had 1 to 9, and the list has 1 to 8 and another 9: the server that took over lost the former one.
 */
export function inboxAnew(former: readonly Received[], list: readonly NotificationView[], headSeq: number): InboxAnew {
  const rows = new Map(list.map((row) => [row.seq, row]));
  const known = new Map(former.map((received) => [received.frame.seq, received]));
  const faults = former
    .filter(({ frame }) => rows.get(frame.seq)?.id !== frame.id)
    .map(
      ({ frame }) => `seq ${frame.seq} was ${frame.id}, and is ${rows.get(frame.seq)?.id ?? 'gone'} in the new epoch`,
    );
  const received: Received[] = [];
  for (let seq = 1; seq <= headSeq; seq += 1) {
    const frame = rows.get(seq);
    if (frame) received.push({ frame, at: known.get(seq)?.at ?? Date.now() });
    else faults.push(`seq ${seq} of ${headSeq} is not in the list of the new epoch`);
  }
  return { received, faults };
}
