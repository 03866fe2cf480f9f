import { type Undo, undoAll } from '@convene/tools/dev/terminal';
import { breaks } from '@convene/tools/faults/breaks';
import { cases } from '@convene/tools/faults/cases';
import { ProxiedRig } from '@convene/tools/faults/proxied-rig';
import { type Outcome, runCase } from '@convene/tools/faults/run-case';
import { wrongsOf } from '@convene/tools/faults/table';

jest.setTimeout(180_000);

const COMPANIES = 20;
/** Operations a second: slow machines shall not fail. */
const RATE = 15;

describe('a fault while people work', () => {
  const undo: Undo = [];
  let rig: ProxiedRig;
  beforeAll(async () => {
    rig = await ProxiedRig.open({ companies: COMPANIES, undo });
  });
  afterAll(() => undoAll(undo));

  const chosen = cases.filter(({ inTests }) => inTests).map((each) => [each.name, each] as const);
  it.each(chosen)('%s: nothing is lost, doubled or out of order, within a minute', async (_, each) => {
    const outcome = await runCase(rig, each, RATE);
    expect(wrongsOf(outcome)).toEqual([]);
    expect(outcome.proof).toEqual(expect.any(String));
  });
});

describe('the checker of the faults', () => {
  const guarantees = {
    inbox: /orphans/,
    confirm: /lost/,
    // What was answered is gone, or what a device has.
    commit: /lost|devices/,
  };
  type Guarantee = keyof typeof guarantees;

  /** The lists of the verdict that are not empty. */
  const found = ({ verdict }: Outcome) =>
    Object.entries(verdict ?? {}).flatMap(([what, list]) => (Array.isArray(list) && list.length > 0 ? [what] : []));

  async function foundWithout(guarantee: Guarantee): Promise<string[]> {
    const undo: Undo = [];
    const { shows, apply, env } = breaks[guarantee]!;
    try {
      const rig = await ProxiedRig.open({ companies: COMPANIES, env, undo });
      await apply(rig);
      const outcome = await runCase(
        rig,
        cases.find(({ name }) => name === shows)!,
        RATE,
      );
      return found(outcome);
    } finally {
      await undoAll(undo);
    }
  }

  /** At the same time, each on servers of its own: most of it is the minute in which they might heal. */
  let outcomes: Record<Guarantee, PromiseSettledResult<string[]>>;
  beforeAll(async () => {
    const names = Object.keys(guarantees) as Guarantee[];
    const settled = await Promise.allSettled(names.map(foundWithout));
    outcomes = Object.fromEntries(names.map((name, index) => [name, settled[index]])) as typeof outcomes;
  });

  it.each(Object.entries(guarantees) as [Guarantee, RegExp][])(
    'finds what is wrong without the guarantee of the %s',
    (guarantee, wrong) => {
      const outcome = outcomes[guarantee];
      if (outcome.status === 'rejected') throw outcome.reason;
      expect(outcome.value.join(' ')).toMatch(wrong);
    },
  );
});
