import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeReport } from './report';
import type { Row } from './table';

const rows: Row[] = [
  { group: 'reads', figure: 'a <list>', unit: 'ms', bare: 1, ours: 3, target: { ratio: 2, is: 'at most' } },
  { group: 'reads', figure: 'to be read', unit: 'ms', bare: 3, ours: 1 },
  { group: 'idle', figure: 'memory', unit: 'MB', ours: 55, target: { ours: 110, is: 'at most' } },
];

let dir: string;

beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'bench-report-'))));
afterEach(() => rmSync(dir, { recursive: true }));

const written = (file: string) => readFileSync(join(dir, file), 'utf8');

it('the report holds each figure with its ratio and whether it is missed, and nothing of the machine but cores and Node', () => {
  writeReport('sample', rows, dir);
  const report = JSON.parse(written('sample.json')) as { machine: object; rows: object[] };
  expect(Object.keys(report.machine)).toEqual(['cores', 'node']);
  expect(report.rows).toMatchObject([
    { figure: 'a <list>', ratio: 3, missed: true },
    { ratio: 0.3333 },
    { ours: 55, missed: false },
  ]);
});

it('the plot has one bar per figure, a tick per target, and a heading per group', () => {
  writeReport('sample', rows, dir);
  const plot = written('sample.svg');
  expect(plot.match(/<rect x=/g)).toHaveLength(3);
  expect(plot.match(/<path/g)).toHaveLength(2);
  expect(plot.match(/font-weight="bold">(reads|idle)</g)).toHaveLength(2);
  expect(plot).toContain('a &lt;list>');
});
