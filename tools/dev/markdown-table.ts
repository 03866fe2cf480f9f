/** @param cells Lines of one length; the first is the head. @returns Markdown in columns, so that it can also be read as it is. */
export function markdownTable(cells: readonly (readonly string[])[]): string {
  const escaped = cells.map((line) => line.map(escapeCell));
  const [head = []] = escaped;
  const widths = head.map((_, column) => Math.max(...escaped.map((line) => (line[column] ?? '').length)));
  const lines = escaped.map((line) => lineOf(line.map((cell, column) => cell.padEnd(widths[column] ?? 0))));
  return [lines[0], lineOf(widths.map((width) => '-'.repeat(width))), ...lines.slice(1)].join('\n');
}

/** The same without padding, for cells that are too long for columns. */
export function compactMarkdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const [first, ...rest] = [head, ...rows].map((cells) => lineOf(cells.map(escapeCell)));
  return [first, lineOf(head.map(() => '---')), ...rest].join('\n');
}

/** `|` separates the cells of a line, in code, too. */
const escapeCell = (cell: string) => cell.replaceAll('|', '\\|');

const lineOf = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
