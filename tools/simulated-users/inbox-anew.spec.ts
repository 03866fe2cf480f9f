import type { NotificationView } from '@convene/contracts/frames';
import { inboxAnew } from './inbox-anew';

const row = (seq: number, id = `event ${seq}`) => ({ seq, id }) as NotificationView;
const received = (...rows: NotificationView[]) => rows.map((frame) => ({ frame, at: 1 }));
const seqs = (all: readonly { readonly frame: NotificationView }[]) => all.map(({ frame }) => frame.seq);

it('a device in a new epoch has the list up to the head, and what it had keeps its moment', () => {
  const anew = inboxAnew(received(row(1), row(2)), [row(4), row(3), row(2), row(1)], 3);
  expect(anew.faults).toEqual([]);
  expect(seqs(anew.received)).toEqual([1, 2, 3]);
  expect(anew.received.map(({ at }) => at === 1)).toEqual([true, true, false]);
});

it('a device in a new epoch reports what it had and the list has not, or has otherwise', () => {
  const had = received(row(1), row(2), row(3));
  expect(inboxAnew(had, [row(1), row(2)], 2).faults).toEqual(['seq 3 was event 3, and is gone in the new epoch']);
  expect(inboxAnew(had, [row(1), row(2), row(3, 'another')], 3).faults).toEqual([
    'seq 3 was event 3, and is another in the new epoch',
  ]);
});

it('a device in a new epoch reports a hole in the list', () => {
  expect(inboxAnew([], [row(1), row(3)], 3).faults).toEqual(['seq 2 of 3 is not in the list of the new epoch']);
});
