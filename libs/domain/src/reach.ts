/** A notification of a user who may be offline, for one channel. Ages are by the database's clock. */
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
 * Decides what one channel does about notifications that have not reached their recipient. It waits until the oldest is old
 * enough, and then covers all later ones: ten events of a minute are one mail. Settled notifications are not waited for.
 * @param unreached In order of seq, to `head`
 * @param unreachable The reason why the channel cannot reach the user at all, if there is one
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
