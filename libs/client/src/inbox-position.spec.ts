import fc from 'fast-check';
import { InboxPosition } from './inbox-position';

const answer = (more: object = {}) => ({ recovered: true, headSeq: 9, epoch: 'e1', ...more });

it('an inbox position lets through strictly rising seqs only, and none before it is known', () => {
  expect(new InboxPosition().accept(1)).toBe(false);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 })), fc.nat(20), (seqs, from) => {
      const position = new InboxPosition({ lastSeq: from, epoch: 'e1' });
      const through = seqs.filter((seq) => position.accept(seq));
      expect([from, ...through]).toEqual([...new Set([from, ...through])].sort((a, b) => a - b));
      expect(position.current?.lastSeq).toBe(Math.max(from, ...seqs));
    }),
  );
});

it('an inbox position loses and repeats nothing over any sequence of cuts, replays and overlaps', () => {
  // Every connection replays what follows the last seq, perhaps with some of what came before it, and breaks off anywhere.
  const connection = fc.record({ overlap: fc.nat(5), frames: fc.nat(10) });
  fc.assert(
    fc.property(fc.array(connection), fc.uniqueArray(fc.integer({ min: 1, max: 60 })), (connections, deleted) => {
      const inbox = Array.from({ length: 60 }, (_, i) => i + 1).filter((seq) => !deleted.includes(seq));
      const position = new InboxPosition({ lastSeq: 0, epoch: 'e1' });
      const through: number[] = [];
      for (const { overlap, frames } of [...connections, { overlap: 0, frames: 60 }]) {
        expect(position.goOn(answer({ headSeq: 60 }))).toBe('resumed');
        const from = (position.current?.lastSeq ?? 0) - overlap;
        const sent = inbox.filter((seq) => seq > from).slice(0, frames);
        through.push(...sent.filter((seq) => position.accept(seq)));
      }
      expect(through).toEqual(inbox);
    }),
  );
});

it('an inbox position continues where it was, or at the head', () => {
  const at = (before?: ConstructorParameters<typeof InboxPosition>[0]) => new InboxPosition(before);
  const cases = [
    [at(), answer({ recovered: false }), 'gap', 9],
    [at({ lastSeq: 5, epoch: 'e1' }), answer(), 'resumed', 5],
    [at({ lastSeq: 5, epoch: 'e1' }), answer({ recovered: false }), 'gap', 9],
    [at({ lastSeq: 50, epoch: 'e1' }), answer({ recovered: false }), 'restarted', 9],
    [at({ lastSeq: 5, epoch: 'e0' }), answer({ recovered: false }), 'restarted', 9],
    [at({ lastSeq: 5, epoch: 'e0' }), answer(), 'restarted', 9],
    [at({ lastSeq: 5, epoch: 'e1', userId: 'a' }), answer({ userId: 'b' }), 'restarted', 9],
    [at({ lastSeq: 5, epoch: 'e1', userId: 'a' }), answer({ userId: 'a' }), 'resumed', 5],
  ] as const;
  for (const [position, answer, outcome, lastSeq] of cases) {
    expect(position.goOn(answer)).toBe(outcome);
    expect(position.current).toMatchObject({ lastSeq, epoch: 'e1' });
  }
});

it('an inbox position starts again in a restored inbox that assigns seqs again', () => {
  const position = new InboxPosition({ lastSeq: 9, epoch: 'e1' });
  expect(position.goOn(answer({ recovered: false, headSeq: 7 }))).toBe('restarted');
  expect(position.current).toMatchObject({ lastSeq: 7, epoch: 'e1' });
  expect(position.accept(8)).toBe(true);
});
