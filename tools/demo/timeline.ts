/** What happened, line by line, with the time since the start and the latency of the hop that led there. */
export class Timeline {
  private readonly start = Date.now();

  say(who: string, what: string, hopMs?: number): void {
    const at = `${((Date.now() - this.start) / 1000).toFixed(2)} s`.padStart(8);
    const hop = hopMs === undefined ? '' : `  (${Math.round(hopMs)} ms)`;
    process.stdout.write(`${at}  ${who.padEnd(4)} ${what}${hop}\n`);
  }
}
