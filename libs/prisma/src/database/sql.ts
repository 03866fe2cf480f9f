/**
 * A statement, or a part of one: its text in pieces, and the value between each two of them. A value never becomes text;
 * PostgreSQL gets it as a parameter.
 */
export class Template {
  private written: string | undefined;

  constructor(
    private readonly pieces: readonly string[],
    readonly values: readonly unknown[],
    text?: string,
  ) {
    this.written = text;
  }

  /** With `$1`, `$2` … for the values, in order. The same template always has the same text, so its plan can be reused. */
  get text(): string {
    return (this.written ??= textOf(this.pieces));
  }

  /** The pieces and values of a template in which `parts` stand between `strings`; parts that are templates are spliced in. */
  static of(strings: readonly string[], parts: readonly unknown[]): Template {
    const pieces: string[] = [];
    const values: unknown[] = [];
    let piece = strings[0] as string;
    for (const [index, part] of parts.entries()) {
      const { pieces: inner, values: own } = part instanceof Template ? part : new Template(['', ''], [part]);
      const [first = '', ...rest] = inner;
      pieces.push(piece + first, ...rest);
      piece = `${pieces.pop() as string}${strings[index + 1] as string}`;
      values.push(...own);
    }
    pieces.push(piece);
    return new Template(pieces, values);
  }
}

/** The texts of templates without parts: there is one `strings` per place in the source. */
const texts = new WeakMap<TemplateStringsArray, string>();

/** A statement for `Database`, or a part that another one takes in: `` sql`SELECT … WHERE id = ${id}::uuid` ``. */
export function sql(strings: TemplateStringsArray, ...parts: unknown[]): Template {
  if (parts.some((part) => part instanceof Template)) return Template.of(strings, parts);
  let text = texts.get(strings);
  if (text === undefined) texts.set(strings, (text = textOf(strings)));
  return new Template(strings, parts, text);
}

/** No text: a part that a statement does without. */
export const noSql = new Template([''], []);

/** Text that is not a value, such as a column's name. It must come from the source, never from a request. */
export function rawSql(text: string): Template {
  return new Template([text], []);
}

/** @param parts At least one. */
export function joinSql(parts: readonly Template[], separator: string): Template {
  return Template.of(['', ...parts.slice(1).map(() => separator), ''], parts);
}

function textOf(pieces: readonly string[]): string {
  let text = pieces[0] as string;
  for (let n = 1; n < pieces.length; n++) text += `$${n}${pieces[n] as string}`;
  return text;
}
