import { setTimeout as pause } from 'node:timers/promises';
import { median } from './median';
import type { Row } from './table';

/** What one side has left to do must not be charged to the other. */
const BREATH_MS = 1_000;

export type Note = (figure: string, value: number) => void;

/** The sides of a bench work in turns, slice by slice, so that what else the machine does meets all alike. */
export class Turns<Side> {
  private readonly noted: Map<Side, Map<string, number[]>>;

  constructor(
    private readonly sides: readonly Side[],
    private readonly slices: number,
    private readonly tell: (line: string) => void,
  ) {
    this.noted = new Map(sides.map((side) => [side, new Map<string, number[]>()]));
  }

  /** Every side does `work` once per slice, and notes figures. */
  async rounds(
    name: string,
    work: (side: Side, note: Note) => Promise<void>,
    { slices = this.slices, breathMs = BREATH_MS } = {},
  ): Promise<void> {
    for (let slice = 1; slice <= slices; slice++) {
      this.tell(`${name}, ${slice} of ${slices}`);
      for (const side of this.sides) {
        await work(side, (figure, value) => this.valuesOf(side, figure).push(value));
        await pause(breathMs);
      }
    }
  }

  /** The median of a side's slices; NaN when it has noted none. */
  median(side: Side, figure: string): number {
    return median(this.valuesOf(side, figure));
  }

  /** Compares the medians of two sides. */
  row([bare, ours]: readonly [Side, Side], figure: string, shown: Omit<Row, 'bare' | 'ours'>): Row {
    return { ...shown, bare: this.median(bare, figure), ours: this.median(ours, figure) };
  }

  /** In the order in which they were noted first. */
  figuresOf(side: Side): string[] {
    return [...(this.noted.get(side) as Map<string, number[]>).keys()];
  }

  private valuesOf(side: Side, figure: string): number[] {
    const figures = this.noted.get(side) as Map<string, number[]>;
    const values = figures.get(figure) ?? [];
    figures.set(figure, values);
    return values;
  }
}
