import { join } from 'node:path';
import { descriptionOf, type EnvShape } from '@convene/config/env';
import { compactMarkdownTable } from '../dev/markdown-table';
import { APPS, namesOf, ROOT } from './apps';
import { MEANINGS, SECRETS } from './variable-meanings';

type Field = EnvShape[string];

/** Every variable of every app, from the shapes that validate them at boot. */
export async function variablesReference(): Promise<string> {
  const variables = new Map<string, { field: Field; defaults: Map<string, string[]> }>();
  for (const app of APPS) {
    const { envShape } = (await import(join(ROOT, 'apps', app, 'src/env.ts'))) as { envShape: EnvShape };
    for (const [name, field] of Object.entries(envShape)) {
      const { defaults } = variables.get(name) ?? { defaults: new Map<string, string[]>() };
      const value = defaultOf(field);
      defaults.set(value, [...(defaults.get(value) ?? []), app]);
      variables.set(name, { field, defaults });
    }
  }
  const stale = Object.keys(MEANINGS).filter((name) => !variables.has(name));
  if (stale.length > 0) throw new Error(`No app has ${stale.join(', ')}: remove it from variable-meanings.ts`);
  const rows = [...variables].sort(([one], [other]) => (one < other ? -1 : 1)).map(rowOf);
  return `# Variables

Generated from the shapes in \`apps/*/src/env.ts\` by \`npm run docs:reference\`. A process validates all of its variables when it starts, lists every
problem at once, and exits with 1. Each variable can also be given as \`<NAME>_FILE\`, the path of a file with its value; use that for the secrets.

${compactMarkdownTable(['Name', 'Value', 'Default', 'Secret', 'Apps', 'Meaning'], rows)}
`;
}

function rowOf([name, { field, defaults }]: [string, { field: Field; defaults: Map<string, string[]> }]): string[] {
  const meaning = MEANINGS[name];
  if (!meaning) throw new Error(`${name} lacks a meaning: write it in tools/reference/variable-meanings.ts`);
  const description = descriptionOf(typeof field === 'function' ? field({}) : field);
  if (!description)
    throw new Error(`${name} lacks a description of its values: end its field with .describe('expected …')`);
  const apps = [...defaults.values()].flat();
  const value = [...defaults]
    .map(([text, of]) => (defaults.size === 1 ? text : `${text} (${of.join(', ')})`))
    .join('; ');
  const secret = SECRETS.includes(name) ? 'yes' : '';
  return [`\`${name}\``, description.replace(/^expected /, ''), value, secret, namesOf(apps), meaning];
}

function defaultOf(field: Field): string {
  const [usual, production] = ['development', 'production'].map((NODE_ENV) => {
    const result = (typeof field === 'function' ? field({ NODE_ENV }) : field).safeParse(undefined);
    if (!result.success) return '**required**';
    if (result.data === undefined) return 'none';
    return shown(result.data);
  }) as [string, string];
  return usual === production ? usual : `${usual}, in production ${production}`;
}

function shown(value: unknown): string {
  const text = Array.isArray(value) ? value.join(',') : typeof value === 'string' ? value : JSON.stringify(value);
  return text === '' || text === '{}' ? 'empty' : `\`${text}\``;
}
