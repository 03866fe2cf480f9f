export interface Row {
  readonly figure: string;
  readonly unit: string;
  readonly bare: number;
  readonly ours: number;
  /** Ours by bare. Without a target the row is there to be read. */
  readonly target?: { readonly ratio: number; readonly is: 'at most' | 'at least' };
}

const ratioOf = ({ bare, ours }: Row) => ours / bare;

export function isMissed(row: Row): boolean {
  if (!row.target) return false;
  const { ratio, is } = row.target;
  return !(is === 'at most' ? ratioOf(row) <= ratio : ratioOf(row) >= ratio);
}

/** One line per figure, as Markdown, so that it can be pasted where it is to be read. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [
    ['figure', 'unit', 'bare', 'ours', 'ratio', 'target', ''],
    ...rows.map((row) => [
      row.figure,
      row.unit,
      short(row.bare),
      short(row.ours),
      ratioOf(row).toFixed(3),
      row.target ? `${row.target.is === 'at most' ? '≤' : '≥'} ${row.target.ratio}` : '—',
      row.target ? (isMissed(row) ? 'missed' : 'ok') : '',
    ]),
  ];
  const widths = (cells[0] as string[]).map((_, column) =>
    Math.max(...cells.map((line) => (line[column] ?? '').length)),
  );
  const lines = cells.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

function short(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2);
}
