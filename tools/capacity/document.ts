import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readDeployed } from './deployed';
import { parseLoad, sizes } from './load';
import { assumptions, measured } from './measured';
import { planFor } from './plan';
import { figuresTable, reportOf, short } from './report';

const PATH = 'docs/capacity.md';
const FILE = resolve(__dirname, '../..', PATH);
/** What stands between the two lines is written by the tool. */
const BEGIN = '<!-- npm run capacity -- --write: begin -->';
const END = '<!-- npm run capacity -- --write: end -->';

export async function readDocument(): Promise<string> {
  return readFile(FILE, 'utf8');
}

/** @returns the page with the tables of this code. @throws Error when the page lacks the lines that surround them. */
export function renderDocument(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${PATH} lacks the lines ${BEGIN} and ${END}: put them back.`);
  return `${page.slice(0, begin)}${BEGIN}\n\n${tables()}\n\n${page.slice(end)}`;
}

/** @returns the path. */
export async function writeDocument(): Promise<string> {
  await writeFile(FILE, renderDocument(await readDocument()));
  return PATH;
}

function tables(): string {
  const deployed = readDeployed();
  const reports = Object.entries(sizes).map(([name, { users, online }]) => {
    const load = parseLoad({}, name);
    const [busy, calm] = [planFor(load, deployed, 'busy'), planFor(load, deployed, 'calm')];
    return `## ${name}: ${short(users)} users, ${short(online)} online\n\n${reportOf(load, busy, calm, '###')}`;
  });
  return [
    ...reports,
    '## What the model is fed with',
    figuresTable(measured),
    '## What it assumes',
    figuresTable(assumptions),
  ].join('\n\n');
}
