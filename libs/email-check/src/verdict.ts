/** Unknown is no objection: whoever could not be asked must not keep anybody out. */
export type Verdict = 'deliverable' | 'undeliverable' | 'unknown';

/** Of several that were asked: one objection is enough, and one that could not be asked leaves it open. */
export function weigh(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('undeliverable')) return 'undeliverable';
  return verdicts.length === 0 || verdicts.includes('unknown') ? 'unknown' : 'deliverable';
}
