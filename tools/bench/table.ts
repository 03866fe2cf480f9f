import { markdownTable } from '../dev/markdown-table';

export interface Row {
  /** Rows of one group stand together in the plot. */
  readonly group?: string;
  readonly figure: string;
  readonly unit: string;
  /** Absent where the target is about ours alone. */
  readonly bare?: number;
  readonly ours: number;
  /** For ours by bare, or for ours alone. Without a target the row is there to be read. */
  readonly target?:
    ({ readonly is: 'at most' | 'at least' } & ({ readonly ratio: number } | { readonly ours: number })) | undefined;
}

/** Ours by bare. NaN without a bare side. */
export function ratioOf({ bare = NaN, ours }: Row): number {
  return ours / bare;
}

/** What has been measured, in units of the target: 1 is a target that is just met. NaN without a target. */
function byTarget(row: Row): number {
  if (!row.target) return NaN;
  return 'ratio' in row.target ? ratioOf(row) / row.target.ratio : row.ours / row.target.ours;
}

export function isMissed(row: Row): boolean {
  return isBeyond(row, 1);
}

/** Missed by so much that noise does not explain it. */
export function isCollapsed(row: Row): boolean {
  return isBeyond(row, 3);
}

function isBeyond(row: Row, times: number): boolean {
  if (!row.target) return false;
  return !(row.target.is === 'at most' ? byTarget(row) <= times : byTarget(row) >= 1 / times);
}

/** `≤ 2`, or `≤ 60 CPU-ms / s`. Empty without a target. */
export function targetOf({ target, unit }: Row): string {
  if (!target) return '';
  return `${target.is === 'at most' ? '≤' : '≥'} ${'ratio' in target ? target.ratio : `${target.ours} ${unit}`}`;
}

/** One line per figure, as Markdown, so that it can be pasted where it is to be read. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [
    ['figure', 'unit', 'bare', 'ours', 'ratio', 'target', ''],
    ...rows.map((row) => [
      row.group ? `${row.group}: ${row.figure}` : row.figure,
      row.unit,
      row.bare === undefined ? '—' : short(row.bare),
      short(row.ours),
      Number.isFinite(ratioOf(row)) ? ratioOf(row).toFixed(3) : '—',
      targetOf(row) || '—',
      row.target ? (isMissed(row) ? 'missed' : 'ok') : '',
    ]),
  ];
  return markdownTable(cells);
}

function short(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2);
}
