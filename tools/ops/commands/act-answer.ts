import type { ActView } from '@convene/contracts/ops/acts';
import { EXIT } from '../exit-codes';
import type { Answer } from '../ops';

/** An act as it stands. */
export function actAnswer(act: ActView): Answer {
  const counts = Object.entries(act.counts).map(([name, count]) => `${count} ${name}`);
  const facts = [`${act.command} ${JSON.stringify(act.filter)}: ${act.state}`, ...counts];
  const lines = [facts.join(', '), ...(act.outcome === null ? [] : [act.outcome]), `recorded as act ${act.id}`];
  return { json: act, text: lines.join('\n'), exitCode: isIncomplete(act) ? EXIT.incomplete : EXIT.ok };
}

/** It failed, or is over without having been done for all. */
function isIncomplete({ state, counts }: ActView): boolean {
  return state === 'failed' || (state === 'done' && (counts['dead'] ?? 0) + (counts['impossible'] ?? 0) > 0);
}
