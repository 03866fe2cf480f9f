import { compactMarkdownTable } from '../dev/markdown-table';
import type { AlertRule } from './alert-rules';

/** The lines between these markers of a document are generated. */
const MARK = (name: string, edge: 'begin' | 'end') => `<!-- ${edge} generated: ${name} -->`;

/** @throws when the document lacks the markers */
export function withGenerated(document: string, name: string, content: string): string {
  const [begin, end] = [MARK(name, 'begin'), MARK(name, 'end')];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The document needs the lines "${begin}" and "${end}"`);
  const unformatted = `<!-- prettier-ignore-start -->\n\n${content}\n\n<!-- prettier-ignore-end -->`;
  return `${document.slice(0, from + begin.length)}\n${unformatted}\n${document.slice(to)}`;
}

/** A table of all rules per group. */
export function alertTables(groups: ReadonlyMap<string, readonly AlertRule[]>): string {
  const tables = [...groups].map(([group, rules]) => {
    const rows = rules.map((rule) => [
      `[${rule.alert}](runbooks/${rule.alert}.md)`,
      rule.labels.severity,
      rule.annotations.summary,
      code(rule.expr.replace(/\s+/g, ' ').trim()),
      rule.for,
    ]);
    return `### ${group}\n\n${compactMarkdownTable(['Alert', 'Severity', 'Meaning', 'Expression', 'For'], rows)}`;
  });
  return tables.join('\n\n');
}

const code = (text: string) => `\`${text}\``;
