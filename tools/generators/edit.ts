import type { Tree } from '@nx/devkit';

/** Changes one file of the tree. @throws Error when nothing changed: the file is no longer what the generator knows. */
export function edit(tree: Tree, path: string, change: (text: string) => string): void {
  const before = tree.read(path, 'utf8');
  if (before === null) throw new Error(`${path} is missing`);
  const after = change(before);
  if (after === before) throw new Error(`${path} does not look as the generator expects; see tools/generators`);
  tree.write(path, after);
}

/** Adds an import of one name, before the first of the same folder that sorts after it, or else after the last import. */
export function addImport(text: string, name: string, specifier: string): string {
  const line = `import { ${name} } from '${specifier}';`;
  const lines = text.split('\n');
  const folder = specifier.slice(0, specifier.lastIndexOf('/') + 1);
  const from = (index: number) => /^(?:import|}) .*from '(.+)';$/.exec(lines[index] ?? '')?.[1];
  const imports = [...lines.keys()].filter((index) => from(index) !== undefined);
  const next = imports.find((index) => from(index)?.startsWith(folder) && (from(index) ?? '') > specifier);
  lines.splice(next ?? (imports.at(-1) ?? -1) + 1, 0, line);
  return lines.join('\n');
}

/** Adds an element to the first list that follows `opening`: `[a, b]` becomes `[a, b, c]`, or sorted where it was. */
export function addToList(text: string, opening: string, element: string): string {
  const start = text.indexOf(opening);
  if (start < 0) return text;
  const open = text.indexOf('[', start + opening.length - 1);
  const close = text.indexOf(']', open);
  const elements = text
    .slice(open + 1, close)
    .split(',')
    .map((it) => it.trim())
    .filter(Boolean);
  const sorted = elements.join() === elements.toSorted().join();
  elements.push(element);
  return `${text.slice(0, open + 1)}${(sorted ? elements.toSorted() : elements).join(', ')}${text.slice(close)}`;
}
