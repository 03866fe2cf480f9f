import { isCollapsed, isMissed, type Row, tableOf } from './table';

const row = (ours: number, is: 'at most' | 'at least'): Row => ({
  figure: 'memory',
  unit: 'KB',
  bare: 10,
  ours,
  target: { ratio: 1, is },
});

it.each([
  [10, 'at most', false],
  [10.1, 'at most', true],
  [10, 'at least', false],
  [9.9, 'at least', true],
  [NaN, 'at least', true],
] as const)('the target of a ratio of %d to 10, %s 1: missed is %s', (ours, is, missed) => {
  expect(isMissed(row(ours, is))).toBe(missed);
});

it('the bench prints an aligned Markdown table', () => {
  const lines = tableOf([row(9, 'at most'), { figure: 'to be read', unit: '', bare: 1, ours: 12_345 }]).split('\n');
  expect(new Set(lines.map(({ length }) => length)).size).toBe(1);
  expect(lines[2]).toMatch(/\| memory +\| KB +\| 10\.00 +\| 9\.00 +\| 0\.900 +\| ≤ 1 +\| ok +\|/);
  expect(lines[3]).toContain('12,345');
});

it('a target of ours alone needs no bare side', () => {
  const alone: Row = { figure: 'idle', unit: 'ms', ours: 61, target: { ours: 60, is: 'at most' } };
  expect(isMissed(alone)).toBe(true);
  expect(isMissed({ ...alone, ours: 60 })).toBe(false);
  expect(tableOf([alone])).toMatch(/\| idle +\| ms +\| — +\| 61\.00 +\| — +\| ≤ 60 ms +\| missed +\|/);
});

it.each([
  [29, 'at most', false],
  [31, 'at most', true],
  [3.4, 'at least', false],
  [3.2, 'at least', true],
  [NaN, 'at most', true],
] as const)('a ratio of %d to 10, %s 1: collapsed is %s', (ours, is, collapsed) => {
  expect(isCollapsed(row(ours, is))).toBe(collapsed);
});
