import { median } from '../median';
import { MeasuredSide, type Setup } from './measured-side';
import type { Side } from './sides';

export interface Size {
  /** Connections before anything is measured: code is compiled and caches are filled by then. */
  readonly warmUp: number;
  readonly slices: number;
  /** Per slice. */
  readonly accepts: number;
  readonly broadcasts: number;
  readonly targeted: number;
}

/** Of one side; all but the memory are medians of its slices. */
export interface Result {
  /** Of the JavaScript heap, and of what hangs on it outside, per idle connection. */
  readonly bytes: number;
  /** Resident, per idle connection: what the allocator has kept is in it. */
  readonly resident: number;
  readonly accepts: number;
  readonly broadcasts: number;
  /** Absent for a server that no other process can reach. */
  readonly targeted: number | undefined;
}

/**
 * All sides are alive together and work in turns, A B C A B C: what else the machine does meets them alike. Each has
 * people of its own, or what is published for one would make the others work, too.
 */
export async function compareSides(sides: readonly Side[], setups: readonly Setup[], size: Size): Promise<Result[]> {
  const { warmUp, slices } = size;
  const entered: MeasuredSide[] = [];
  try {
    for (const [index, side] of sides.entries()) entered.push(await MeasuredSide.enter(side, setups[index] as Setup));
    const reachable = entered.filter(({ side }) => side.name !== 'plain');

    for (const each of entered) await each.accept(warmUp);
    const light = await inTurn(entered, (each) => each.weigh());
    const accepts = await rounds(slices, entered, (each) => each.accept(size.accepts));
    const heavy = await inTurn(entered, (each) => each.weigh());

    for (const each of entered) each.formCompany();
    await inTurn(entered, (each) => each.broadcast(size.broadcasts));
    const broadcasts = await rounds(slices, entered, (each) => each.broadcast(size.broadcasts));
    await inTurn(reachable, (each) => each.target(size.targeted));
    const targeted = await rounds(slices, reachable, (each) => each.target(size.targeted));

    for (const each of reachable) each.requireOrder();
    const added = slices * size.accepts;
    return entered.map((each) => ({
      bytes: (of(heavy, each).held - of(light, each).held) / added,
      resident: (of(heavy, each).rss - of(light, each).rss) / added,
      accepts: median(of(accepts, each)),
      broadcasts: median(of(broadcasts, each)),
      targeted: targeted.has(each) ? median(of(targeted, each)) : undefined,
    }));
  } finally {
    for (const each of entered) await each.leave();
  }
}

type Figures<T> = Map<MeasuredSide, T>;

async function inTurn<T>(all: readonly MeasuredSide[], work: (each: MeasuredSide) => Promise<T>): Promise<Figures<T>> {
  const figures: Figures<T> = new Map();
  for (const each of all) figures.set(each, await work(each));
  return figures;
}

async function rounds(count: number, all: readonly MeasuredSide[], work: (each: MeasuredSide) => Promise<number>) {
  const figures: Figures<number[]> = new Map(all.map((each) => [each, []]));
  for (let round = 0; round < count; round += 1) {
    for (const [each, figure] of await inTurn(all, work)) of(figures, each).push(figure);
  }
  return figures;
}

function of<T>(figures: Figures<T>, each: MeasuredSide): T {
  return figures.get(each) as T;
}
