/** Windows in a row that must be over the bound before the first request is refused. */
const SUSTAINED_WINDOWS = 3;
/** What remains of the admitted share after a window over the bound, and what a calm window adds to it. */
const CUT = 0.75;
const RAISE = 0.1;
/** Some requests are always admitted, so that the end of the overload is seen by real work. */
const LEAST_ADMITTED = 0.05;
/** A window below this part of the bound is calm. Between it and the bound the share stays. */
const CALM = 0.5;
/** A load that falls to this part of the last one within a window is a queue that drains: to refuse more would leave the process idle. */
const DRAINING = 0.9;

/**
 * The share of new work that is refused: additive increase and multiplicative decrease of what is admitted, as TCP does with its window.
 * Example: after 3 windows over the bound it is 25 %, after the 4th 44 %, after the 5th 58 %; each calm window then takes 10 % off.
 */
export class ShedShare {
  private admitted = 1;
  private windowsOver = 0;
  private lastLoad = 0;

  /** From 0, nothing is refused, to 0.95. */
  get value(): number {
    return 1 - this.admitted;
  }

  /** @param load What a window measured, as a multiple of its bound. */
  observe(load: number): void {
    const draining = load <= this.lastLoad * DRAINING;
    this.lastLoad = load;
    this.windowsOver = load > 1 ? this.windowsOver + 1 : 0;
    if (load < CALM) this.admitted = Math.min(1, this.admitted + RAISE);
    const overloaded = load > 1 && (this.admitted < 1 || this.windowsOver >= SUSTAINED_WINDOWS);
    if (overloaded && !draining) this.admitted = Math.max(LEAST_ADMITTED, this.admitted * CUT);
  }
}
