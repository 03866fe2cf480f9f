/**
 * Each named statement costs memory in every connection, and the number of texts is unlimited (a list of n ids has n
 * placeholders): further texts stay unnamed, and are planned at each execution.
 */
const MAX_NAMES = 200;

/** @returns the name of a text; empty for a text that is not to be kept. */
export type StatementName = (statement: { readonly sql: string }) => string;

/**
 * Names texts of statements, so that PostgreSQL parses and plans each once per connection instead of at each execution:
 * that is half of what ours cost. Not through PgBouncer, whose transaction mode changes connections under a name.
 */
export function statementNames(): StatementName {
  const names = new Map<string, string>();
  return ({ sql }) => {
    let name = names.get(sql);
    if (name === undefined && names.size < MAX_NAMES) {
      name = `convene_${names.size + 1}`;
      names.set(sql, name);
    }
    // An empty name is PostgreSQL's unnamed statement.
    return name ?? '';
  };
}
