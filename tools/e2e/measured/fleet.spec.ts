import { type Undo, undoAll } from '@convene/tools/dev/terminal';
import { runCase } from '@convene/tools/faults/run-case';
import { wrongsOf } from '@convene/tools/faults/table';
import { cases } from '@convene/tools/fleet/cases';
import { FleetRig } from '@convene/tools/fleet/fleet-rig';
import { findPrograms } from '@convene/tools/fleet/programs';

jest.setTimeout(180_000);

const COMPANIES = 20;
/** Operations a second: slow machines shall not fail. */
const RATE = 15;

(findPrograms() ? describe : describe.skip)('a fleet while people work', () => {
  const undo: Undo = [];
  let rig: FleetRig;
  beforeAll(async () => {
    rig = await FleetRig.open({ companies: COMPANIES, undo });
  });
  afterAll(() => undoAll(undo));

  const chosen = cases.filter(({ inTests }) => inTests).map((each) => [each.name, each] as const);
  it.each(chosen)('%s: nothing is lost, doubled or out of order, within a minute', async (_, each) => {
    const outcome = await runCase(rig, each, RATE);
    expect(wrongsOf(outcome)).toEqual([]);
    expect(outcome.proof).toEqual(expect.any(String));
  });
});
