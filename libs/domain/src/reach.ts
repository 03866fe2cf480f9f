/** A notification of somebody who may be offline, as far as one channel is concerned. Ages are the database's. */
export interface Unreached {
  readonly seq: number;
  readonly ageMs: number;
  /** Read, put away, or acknowledged by a device: it has been reached. */
  readonly settled: boolean;
  /** Switched off for the channel. */
  readonly muted: boolean;
}

export interface ReachDecision {
  /** Up to where everything is decided now. */
  readonly upTo: number;
  readonly withheld: readonly { seq: number; reason: string }[];
  /** One mail or push about all of these; empty when none is due. */
  readonly send: readonly number[];
}

/**
 * What one channel does about what has not reached somebody. It waits until the oldest is old enough and then takes along
 * all that has come since: ten events of a minute are one mail. What needs nothing is not waited for.
 * @param unreached In order of seq, to `head`
 * @param unreachable Why the channel cannot reach them at all, if so
 */
export function decideReach(
  unreached: readonly Unreached[],
  head: number,
  { afterMs, unreachable }: { afterMs: number; unreachable: string | undefined },
): ReachDecision {
  const open = unreached.filter(({ settled }) => !settled);
  const wanted = open.filter(({ muted }) => !muted);
  const muted = open.filter((one) => one.muted).map(({ seq }) => ({ seq, reason: 'muted' }));
  const [first] = wanted;
  if (!first) return { upTo: head, withheld: muted, send: [] };
  if (first.ageMs < afterMs) {
    return { upTo: first.seq - 1, withheld: muted.filter(({ seq }) => seq < first.seq), send: [] };
  }
  const seqs = wanted.map(({ seq }) => seq);
  if (!unreachable) return { upTo: head, withheld: muted, send: seqs };
  return { upTo: head, withheld: [...muted, ...seqs.map((seq) => ({ seq, reason: unreachable }))], send: [] };
}
