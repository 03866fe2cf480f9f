import { compactMarkdownTable, markdownTable } from './markdown-table';

it('a table is aligned in columns', () => {
  expect(
    markdownTable([
      ['a', 'wide'],
      ['longer', '1'],
    ]),
  ).toBe('| a      | wide |\n| ------ | ---- |\n| longer | 1    |');
});

it('a compact table has no padding', () => {
  expect(compactMarkdownTable(['a', 'b'], [['longer', '1']])).toBe('| a | b |\n| --- | --- |\n| longer | 1 |');
});

it('a cell that contains the separator stays one cell in both', () => {
  expect(markdownTable([['a'], ['x|y']])).toContain('| x\\|y |');
  expect(compactMarkdownTable(['a'], [['x|y']])).toContain('| x\\|y |');
});
