import type { ActView } from '@convene/contracts/ops/acts';
import { EXIT } from '../exit-codes';
import type { Answer } from '../ops';

/** An act as it stands. */
export function actAnswer(act: ActView): Answer {
  const counts = Object.entries(act.counts).map(([name, count]) => `${count} ${name}`);
  const facts = [`${act.command} ${JSON.stringify(act.filter)}: ${act.state}`, ...counts];
  const lines = [facts.join(', '), ...(act.outcome === null ? [] : [act.outcome]), `recorded as act ${act.id}`];
  return { json: act, text: lines.join('\n'), exitCode: act.state === 'failed' ? EXIT.incomplete : EXIT.ok };
}
