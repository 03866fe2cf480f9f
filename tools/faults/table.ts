import { markdownTable } from '../dev/markdown-table';
import { isPassed, type Outcome } from './run-case';

const HEAD = ['fault', 'what happens', 'proof', 'lost', 'doubled', 'other', 'healed after', 'p50', 'p99', ''];
const SHOWN = 5;

/** A line per case, as Markdown. Times are from the acceptance of an operation to its frame on the device. */
export function tableOf(outcomes: readonly Outcome[]): string {
  return markdownTable([HEAD, ...outcomes.map(lineOf)]);
}

function lineOf(outcome: Outcome): string[] {
  const { name, about, proof, verdict, series } = outcome;
  const counts = verdict
    ? [verdict.lost.length, verdict.doubled.length, othersOf(outcome).length].map(String)
    : ['?', '?', '?'];
  const healed = verdict ? `${(verdict.healedMs / 1_000).toFixed(1)} s` : '—';
  const times = [series.p50Ms, series.p99Ms].map((ms) => `${ms} ms`);
  return [name, about, proof ?? '—', ...counts, healed, ...times, isPassed(outcome) ? 'kept' : 'BROKEN'];
}

/** Everything that is wrong, a line each, the first few of each kind. */
export function wrongsOf(outcome: Outcome): string[] {
  const { verdict, error } = outcome;
  const { lost = [], doubled = [] } = verdict ?? {};
  return [
    ...(error === undefined ? [] : [error]),
    ...lost.slice(0, SHOWN).map((what) => `lost: ${what}`),
    ...doubled.slice(0, SHOWN).map((what) => `doubled: ${what}`),
    ...othersOf(outcome).slice(0, SHOWN),
  ];
}

function othersOf({ verdict, deadLetters }: Outcome): string[] {
  if (!verdict) return [];
  const { orphans, gaps, devices, open, dead } = verdict;
  return [
    ...orphans.map((what) => `no committed event: ${what}`),
    ...gaps.map((what) => `seq has a hole: ${what}`),
    ...devices.map((what) => `device ${what}`),
    ...open,
    ...dead,
    ...(deadLetters && deadLetters.found !== deadLetters.expected
      ? [`${deadLetters.found} dead letters, expected ${deadLetters.expected}`]
      : []),
  ];
}
