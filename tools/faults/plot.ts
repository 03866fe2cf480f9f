import type { Sample } from './recorder';
import type { Outcome } from './run-case';

const COLUMNS = 3;
const WIDTH = 300;
const HEIGHT = 120;
const TITLE = 18;
const PAD = 14;
const COLOURS = { accepted: '#2e5fa3', delivered: '#2e7d4f', backlog: '#c0392b' };

/** A small plot per case: operations accepted and frames delivered per second, the backlog, and when the fault lasted. */
export function plotOf(outcomes: readonly Outcome[]): string {
  const rows = Math.ceil(outcomes.length / COLUMNS);
  const width = COLUMNS * (WIDTH + PAD) + PAD;
  const height = rows * (HEIGHT + TITLE + PAD) + PAD + TITLE;
  const legend = Object.entries(COLOURS).map(([what, colour], index) => text(PAD + index * 110, TITLE, what, colour));
  const plots = outcomes.map((outcome, index) => {
    const x = PAD + (index % COLUMNS) * (WIDTH + PAD);
    const y = TITLE + PAD + Math.floor(index / COLUMNS) * (HEIGHT + TITLE + PAD);
    return `<g transform="translate(${x} ${y})">${plotOne(outcome)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...legend,
    ...plots,
    '</svg>\n',
  ].join('\n');
}

function plotOne({ name, series: { samples, fault } }: Outcome): string {
  const end = Math.max(1, samples.at(-1)?.atMs ?? 1);
  const rate = Math.max(1, ...samples.flatMap(({ acceptedPerS, deliveredPerS }) => [acceptedPerS, deliveredPerS]));
  const backlog = Math.max(1, ...samples.map((sample) => sample.backlog));
  const x = (ms: number) => ((ms / end) * WIDTH).toFixed(1);
  const line = (colour: string, of: (sample: Sample) => number, most: number) => {
    const points = samples.map((sample) => `${x(sample.atMs)},${(HEIGHT - (of(sample) / most) * HEIGHT).toFixed(1)}`);
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}"/>`;
  };
  const [from, to] = fault;
  return [
    text(0, 10, `${name}: ${(end / 1_000).toFixed(0)} s, to ${rate.toFixed(0)}/s, backlog to ${backlog}`, '#222'),
    `<g transform="translate(0 ${TITLE})">`,
    `<rect x="${x(from)}" width="${x(to - from)}" height="${HEIGHT}" fill="#f6d9a8"/>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="none" stroke="#ccc"/>`,
    line(COLOURS.accepted, ({ acceptedPerS }) => acceptedPerS, rate),
    line(COLOURS.delivered, ({ deliveredPerS }) => deliveredPerS, rate),
    line(COLOURS.backlog, (sample) => sample.backlog, backlog),
    '</g>',
  ].join('');
}

const text = (x: number, y: number, words: string, colour: string) =>
  `<text x="${x}" y="${y}" fill="${colour}">${words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;
