import { isMissed, ratioOf, type Row, targetOf } from './table';

const WIDTH = 860;
const LABEL = 330;
const LINE = 22;
const VALUE = 150;
/** Longer bars are cut: their value is written beside them. */
const MAX = 4;
const COLOURS = { ok: '#2e7d4f', missed: '#c0392b', read: '#8a8f98' };

/** An SVG of horizontal bars: each row's ratio to its bare side, or to its own target, with a tick at the target. */
export function plotOf(title: string, rows: readonly Row[]): string {
  const plotted = rows.flatMap((row) => {
    const bar = barOf(row);
    return Number.isFinite(bar.value) ? [{ ...row, ...bar }] : [];
  });
  const scale =
    (WIDTH - LABEL - VALUE) / Math.min(MAX, Math.max(1, ...plotted.flatMap(({ value, tick }) => [value, tick])));
  const lengthOf = (value: number) => (Math.min(Math.max(value, 0), MAX) * scale).toFixed(1);
  const shapes: string[] = [];
  let y = LINE * 2;
  let group: string | undefined;
  for (const row of plotted) {
    if (row.group !== group && row.group) shapes.push(text(12, (y += LINE), row.group, 'font-weight="bold"'));
    group = row.group;
    y += LINE;
    const colour = row.target ? (isMissed(row) ? COLOURS.missed : COLOURS.ok) : COLOURS.read;
    const end = Number(lengthOf(Math.max(row.value, row.tick)));
    shapes.push(
      text(LABEL - 10, y, row.figure, 'text-anchor="end"'),
      `<rect x="${LABEL}" y="${y - 12}" width="${lengthOf(row.value)}" height="15" fill="${colour}"/>`,
      text(LABEL + end + 8, y, `${row.value.toFixed(2)}${row.says}`),
    );
    if (row.tick) {
      const x = (LABEL + Number(lengthOf(row.tick))).toFixed(1);
      shapes.push(`<path d="M${x} ${y - 15}v21" stroke="#222" stroke-width="2"/>`);
    }
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + LINE}" font-family="sans-serif" font-size="13">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    text(12, LINE, `${title}: ours by bare; the tick is the target`, 'font-size="15"'),
    ...shapes,
    '</svg>\n',
  ].join('\n');
}

function barOf(row: Row): { value: number; tick: number; says: string } {
  const target = row.target;
  if (target && 'ours' in target) return { value: row.ours / target.ours, tick: 1, says: ` of ${targetOf(row)}` };
  return { value: ratioOf(row), tick: target?.ratio ?? 0, says: target ? ` (${targetOf(row)})` : '' };
}

function text(x: number, y: number, words: string, more = ''): string {
  const escaped = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}"${more && ` ${more}`}>${escaped}</text>`;
}
