import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import ts from 'typescript';

const CONFIG = resolve(__dirname, '../../tsconfig.base.json');
const IMPORT = /from '\.\/([\w-]+)'/g;

/**
 * Writes the declarations that an entry reaches, once for `import` (`.d.mts`) and once for `require` (`.d.cts`): Node's
 * resolution wants each kind to import its own. @throws Error when one imports anything but its neighbours.
 */
export function writeDeclarations(entry: string, folder: string): void {
  const emitted = emit(entry);
  mkdirSync(folder, { recursive: true });
  for (const name of reachable(basename(entry, '.ts'), emitted)) {
    const text = emitted.get(name) ?? '';
    for (const kind of ['mts', 'cts'] as const) {
      writeFileSync(join(folder, `${name}.d.${kind}`), text.replace(IMPORT, `from './$1.${kind.replace('ts', 'js')}'`));
    }
  }
}

function emit(entry: string): Map<string, string> {
  const { config } = ts.readConfigFile(CONFIG, (path) => ts.sys.readFile(path)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, resolve(CONFIG, '..'));
  const program = ts.createProgram([entry], { ...options, declaration: true, emitDeclarationOnly: true });
  const emitted = new Map<string, string>();
  program.emit(undefined, (path, text) => emitted.set(basename(path, '.d.ts'), text));
  return emitted;
}

function reachable(from: string, emitted: Map<string, string>): Set<string> {
  const found = new Set([from]);
  for (const name of found) {
    const specifiers = [...(emitted.get(name) ?? '').matchAll(/(?:from|import\() ?'([^']+)'/g)].map(
      ([, path = '']) => path,
    );
    const foreign = specifiers.find((specifier) => !specifier.startsWith('./'));
    if (foreign) throw new Error(`The types of ${name}.ts need ${foreign}, which the package does not have`);
    for (const specifier of specifiers) found.add(specifier.slice(2));
  }
  return found;
}
