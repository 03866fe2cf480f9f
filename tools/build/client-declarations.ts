import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import ts from 'typescript';

const CONFIG = resolve(__dirname, '../../tsconfig.base.json');

/**
 * Writes the declarations of an entry and its neighbours, once for `import` (`.d.mts`) and once for `require` (`.d.cts`):
 * Node's resolution wants each kind to import its own. client-package.spec.ts finds what they should not import.
 */
export function writeDeclarations(entry: string, folder: string): void {
  const { config } = ts.readConfigFile(CONFIG, (path) => ts.sys.readFile(path)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(CONFIG));
  const program = ts.createProgram([entry], { ...options, declaration: true, emitDeclarationOnly: true });
  mkdirSync(folder, { recursive: true });
  program.emit(undefined, (path, text) => {
    if (dirname(path) !== dirname(entry)) return;
    for (const kind of ['m', 'c']) {
      const name = `${basename(path, '.d.ts')}.d.${kind}ts`;
      writeFileSync(join(folder, name), text.replace(/from '\.\/([\w-]+)'/g, `from './$1.${kind}js'`));
    }
  });
}
