import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { tempDir } from '@convene/testing/temp-dir';

const ROOT = resolve(__dirname, '../..');
const SOURCE = `
interface Options { readonly what: string }

export function fail({ what }: Options): never {
  throw new Error(what);
}

fail({ what: 'expected' });
`;

const run = (args: string[], input = '') => spawnSync(process.execPath, args, { input, encoding: 'utf8' });

describe('map-stack.mjs', () => {
  it('rewrites positions in the bundle to files, lines and columns of the sources, also inside of JSON, and nothing else', async () => {
    const dir = tempDir('map-stack');
    const [source, bundle] = [join(dir, 'fail.ts'), join(dir, 'dist/apps/any/main.js')];
    writeFileSync(source, SOURCE);
    await build({ entryPoints: [source], outfile: bundle, bundle: true, sourcemap: true, minify: true });
    const { stderr: trace } = run([bundle]);
    expect(trace).toMatch(/main\.js:\d+:\d+/);

    const lines = `${JSON.stringify({ stack: trace })}\n${trace}main.js is up`;
    const { stdout } = run([join(ROOT, 'deploy/docker/map-stack.mjs'), `${bundle}.map`], lines);

    expect(stdout.match(/\(fail\.ts:5:9\)/g)).toHaveLength(2);
    expect(stdout).toMatch(/main\.js is up\n$/);
  });
});
