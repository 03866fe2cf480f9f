/**
 * Builds the SDK into `dist/libs/client`, a package for ESM and CommonJS with its own types.
 *
 *   node --import tsx tools/build/build-client.ts
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { buildSync, type Format } from 'esbuild';
import ts from 'typescript';

const ROOT = resolve(__dirname, '../..');
const SOURCE = join(ROOT, 'libs/client');
const ENTRY = join(SOURCE, 'src/index.ts');
const OUT = join(ROOT, 'dist/libs/client');
const CONFIG = join(ROOT, 'tsconfig.base.json');

function bundle(format: Format, file: string): void {
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: [ENTRY],
    outfile: join(OUT, file),
    bundle: true,
    format,
    platform: 'neutral',
    target: 'es2021',
    minify: true,
    packages: 'external',
    tsconfig: CONFIG,
    sourcemap: true,
    logLevel: 'warning',
  });
}

/**
 * Writes the declarations of the entry and its neighbours, once for `import` (`.d.mts`) and once for `require` (`.d.cts`):
 * Node's resolution wants each kind to import its own. client-package.spec.ts finds what they should not import.
 */
function writeDeclarations(folder: string): void {
  const { config } = ts.readConfigFile(CONFIG, (path) => ts.sys.readFile(path)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const program = ts.createProgram([ENTRY], { ...options, declaration: true, emitDeclarationOnly: true });
  mkdirSync(folder, { recursive: true });
  program.emit(undefined, (path, text) => {
    if (dirname(path) !== dirname(ENTRY)) return;
    for (const kind of ['m', 'c']) {
      const name = `${basename(path, '.d.ts')}.d.${kind}ts`;
      writeFileSync(join(folder, name), text.replace(/from '\.\/([\w-]+)'/g, `from './$1.${kind}js'`));
    }
  });
}

/** The package.json of the source, with the version of the workspace and the socket.io-client that it is tested with. */
function writeManifest(): void {
  const read = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const { version, devDependencies } = read(ROOT);
  const dependencies = { 'socket.io-client': `^${devDependencies['socket.io-client']}` };
  writeFileSync(join(OUT, 'package.json'), JSON.stringify({ ...read(SOURCE), version, dependencies }, null, 2));
}

interface Manifest {
  version: string;
  devDependencies: Record<string, string>;
}

rmSync(OUT, { recursive: true, force: true });
bundle('esm', 'index.mjs');
bundle('cjs', 'index.cjs');
writeDeclarations(join(OUT, 'types'));
writeManifest();
cpSync(join(ROOT, 'LICENSE'), join(OUT, 'LICENSE'));
