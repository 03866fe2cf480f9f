/** Long enough for four scrapes at 15 s, so that one that fails leaves no hole. */
const WINDOW = '1m';

/** Increments per second, summed by labels. */
export const rateOf = (counter: string, ...by: string[]) => `${sumBy(by)} (rate(${counter}[${WINDOW}]))`;

/** A quantile of a histogram, by labels. */
export const quantile = (q: number, histogram: string, ...by: string[]) =>
  `histogram_quantile(${q}, ${sumBy([...by, 'le'])} (rate(${histogram}_bucket[${WINDOW}])))`;

const sumBy = (labels: readonly string[]) => (labels.length > 0 ? `sum by (${labels.join(', ')})` : 'sum');
