/**
 * `npm run structure`: the figures by which the structure of the repository is judged, as a table. Another checkout's, to
 * compare: npm run structure -- ../other-checkout
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const here = resolve(import.meta.dirname, '../..');
const root = resolve(process.argv[2] ?? here);

const tracked = execFileSync('git', ['ls-files', 'apps', 'libs', 'tools'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => /\.(ts|cts|mts|mjs|cjs)$/.test(path));
const linesOf = (path) => readFileSync(join(root, path), 'utf8').split('\n').length - 1;
const sources = tracked.filter((path) => !path.endsWith('.spec.ts')).map((path) => ({ path, lines: linesOf(path) }));
const specs = tracked.filter((path) => path.endsWith('.spec.ts')).map((path) => ({ path, lines: linesOf(path) }));

const sum = (files) => files.reduce((total, { lines }) => total + lines, 0);
const below = (...folders) => sum(sources.filter(({ path }) => folders.some((folder) => path.startsWith(folder))));
const median = (files) => files.map(({ lines }) => lines).sort((a, b) => a - b)[Math.floor(files.length / 2)];

/** Runs a tool of this checkout on the other one: it exits with a code when it finds something. */
function report(tool, args) {
  const { stdout, stderr } = spawnSync(process.execPath, [join(here, 'node_modules', tool), ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout);
}

function circles() {
  const config = join(here, '.dependency-cruiser.cjs');
  const { summary } = report('dependency-cruiser/bin/dependency-cruise.mjs', [
    ...['--config', config, '--output-type', 'json', 'apps', 'libs'],
  ]);
  const inCircles = (rule) =>
    new Set(
      summary.violations
        .filter((it) => it.rule.name === rule)
        .flatMap(({ from, cycle = [] }) => [from, ...cycle.map(({ name }) => name)]),
    );
  return { files: inCircles('no-circle-of-files').size, folders: inCircles('no-circle-of-folders').size };
}

function unusedExports() {
  const { issues } = report('knip/bin/knip.js', [
    '--config',
    join(here, 'knip.json'),
    '--reporter',
    'json',
    '--include',
    'exports,types',
  ]);
  return issues.reduce((total, { exports = [], types = [] }) => total + exports.length + types.length, 0);
}

const inCircles = circles();
const rows = [
  ['source files', sources.length],
  ['lines of source', sum(sources)],
  ['median lines of a file', median(sources)],
  ['files of more than 250 lines', sources.filter(({ lines }) => lines > 250).length],
  ['lines of apps/', below('apps/')],
  ['lines of libs/', below('libs/')],
  ['lines of tools/', below('tools/')],
  ['of tools/, without bench, demo, e2e', below('tools/') - below('tools/bench', 'tools/demo', 'tools/e2e')],
  ['spec files', specs.length],
  ['lines of specs', sum(specs)],
  ['exported names without an importer', unusedExports()],
  ['folders in circles', inCircles.folders],
  ['files in circles', inCircles.files],
];
const width = Math.max(...rows.map(([name]) => name.length));
for (const [name, value] of rows) console.log(`${name.padEnd(width)}  ${String(value).padStart(6)}`);
