/** Unknown counts as acceptable: a provider that does not answer must not prevent a signup. */
export type Verdict = 'deliverable' | 'undeliverable' | 'unknown';

/** Combines the verdicts of several sources: one `undeliverable` decides, else one `unknown` does. */
export function weigh(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('undeliverable')) return 'undeliverable';
  return verdicts.length === 0 || verdicts.includes('unknown') ? 'unknown' : 'deliverable';
}
