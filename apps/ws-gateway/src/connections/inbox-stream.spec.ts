import { InboxStream } from './inbox-stream';

interface Frame {
  readonly seq: number;
}

/** What PostgreSQL has: every seq up to the head, except notifications deleted since. */
interface Inbox {
  readonly head: number;
  readonly absent: ReadonlySet<number>;
}

const pageOf = ({ head, absent }: Inbox, after: number, limit = Infinity) => {
  const all = Array.from({ length: Math.max(0, head - after) }, (_, i) => ({ seq: after + 1 + i }));
  const present = all.filter(({ seq }) => !absent.has(seq));
  const rows = present.slice(0, limit);
  return { after, to: rows.length < present.length ? rows.at(-1)!.seq : head, rows };
};

/** Every order of some things. */
function* permutations<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield [];
  for (const [index, first] of items.entries()) {
    for (const rest of permutations(items.toSpliced(index, 1))) yield [first, ...rest];
  }
}

/** Small and seeded, so that a failure can be run again. */
function random(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const seqs = (frames: Frame[]) => frames.map(({ seq }) => seq);

describe('InboxStream', () => {
  it('emits every order of live frames, start and replay as 1, 2, 3, 4, each once', () => {
    type Step = number | 'start' | 'page';
    let orders = 0;
    const wrong: { steps: Step[]; out: number[] }[] = [];
    for (const steps of permutations<Step>([1, 2, 2, 3, 4, 'start', 'page'])) {
      const stream = new InboxStream<Frame>();
      const out = steps.flatMap((step) => {
        if (step === 'start') return stream.start(0);
        if (step === 'page') return stream.fill(pageOf({ head: 3, absent: new Set() }, 0));
        return stream.offer({ seq: step });
      });
      if (seqs(out).join() !== '1,2,3,4' || stream.behind) wrong.push({ steps, out: seqs(out) });
      orders += 1;
    }
    expect({ orders, wrong }).toEqual({ orders: 5_040, wrong: [] });
  });

  it('is in order and complete under shuffled, duplicate, lost and deleted frames, and resumes', () => {
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const below = random(seed);
      const head = 1 + below(30);
      const absent = new Set(Array.from({ length: below(5) }, () => 1 + below(head)));
      const inbox = (reach: number): Inbox => ({ head: reach, absent });
      const live = Array.from({ length: head * 2 }, () => ({ seq: 1 + below(head) }));
      const stream = new InboxStream<Frame>();
      let resumedAt = below(head + 1);
      let reach = resumedAt;
      let out: Frame[] = [];

      const start = (cursor: number) => {
        resumedAt = cursor;
        out = stream.start(cursor);
      };
      const waits = below(live.length);
      for (const [index, frame] of live.entries()) {
        if (absent.has(frame.seq)) continue;
        reach = Math.max(reach, frame.seq);
        if (index === waits) start(resumedAt);
        out.push(...stream.offer(frame));
        const chance = below(12);
        if (chance === 0) out.push(...stream.fill(pageOf(inbox(reach), stream.cursor, 1 + below(4))));
        // A page that was asked for before a resume, and comes after it.
        if (chance === 1) out.push(...stream.fill(pageOf(inbox(reach), below(reach + 1))));
        if (chance === 2 && index > waits) {
          stream.hold();
          start(below(stream.cursor + 1));
        }
      }
      if (waits >= live.length - 1 || out.length === 0) start(resumedAt);
      stream.expect(head);
      while (stream.behind) out.push(...stream.fill(pageOf(inbox(head), stream.cursor, 1 + below(4))));

      expect({ seed, seqs: seqs(out) }).toEqual({ seed, seqs: seqs([...pageOf(inbox(head), resumedAt).rows]) });
    }
  });

  it('buffers up to a bound, and reads the rest from PostgreSQL', () => {
    const stream = new InboxStream<Frame>();
    stream.start(0);
    for (let seq = 2; seq <= 3_000; seq += 1) stream.offer({ seq });
    const out = stream.fill(pageOf({ head: 1, absent: new Set() }, 0));
    expect(out).toHaveLength(1_001);
    expect(stream.behind).toBe(true);
    out.push(...stream.fill(pageOf({ head: 3_000, absent: new Set() }, stream.cursor)));
    expect(seqs(out)).toEqual(Array.from({ length: 3_000 }, (_, i) => i + 1));
  });

  it('does not treat a page that begins beyond its cursor as proof of deletion', () => {
    const stream = new InboxStream<Frame>();
    stream.start(2);
    expect(stream.fill({ after: 5, to: 6, rows: [{ seq: 6 }] })).toEqual([]);
    expect(stream.cursor).toBe(2);
  });
});
