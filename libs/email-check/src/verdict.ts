/** Unknown is no objection: whoever could not be asked must not keep anybody out. */
export type Verdict = 'deliverable' | 'undeliverable' | 'unknown';

/** Combines the verdicts of several sources: one `undeliverable` decides, else one `unknown` does. */
export function weigh(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('undeliverable')) return 'undeliverable';
  return verdicts.length === 0 || verdicts.includes('unknown') ? 'unknown' : 'deliverable';
}
