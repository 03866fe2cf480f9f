import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** The states that each dependency can be in. */
const STATES = {
  'PostgreSQL primary': ['down', 'frozen', 'slow', 'refuses'],
  'PostgreSQL replica': ['down', 'frozen', 'slow'],
  RabbitMQ: ['down', 'frozen', 'slow', 'refuses'],
  Redis: ['down', 'frozen', 'slow', 'refuses'],
  SMTP: ['down', 'frozen', 'slow', 'refuses'],
  'E-mail provider': ['down', 'frozen', 'slow'],
  'Push hosts': ['down', 'frozen', 'slow', 'refuses'],
  'OTLP collector': ['down', 'frozen', 'slow'],
  Gateway: ['overloaded'],
};

const rows = readFileSync(join(ROOT, 'docs/degradation.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2)
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
  .map(([dependency = '', state = '', works, refused, waits, test = '']) => {
    const [, file = '', title = ''] = /^`([^`]+\.spec\.ts)`: (.+)$/.exec(test) ?? [];
    return { cell: `${dependency}, ${state}`, texts: [works, refused, waits], file, title };
  });

describe('the table of degradation', () => {
  it('has one row for every dependency and state', () => {
    const expected = Object.entries(STATES).flatMap(([name, states]) => states.map((state) => `${name}, ${state}`));
    expect(rows.map(({ cell }) => cell)).toEqual(expected);
  });

  it.each(rows.map((row) => [row.cell, row] as const))(
    '%s: states what happens, and names a test that exists',
    (_, row) => {
      for (const text of row.texts) expect(text).not.toBe('');
      expect(existsSync(join(ROOT, row.file)) && row.file).toBe(row.file);
      // As the title of a test, not in a comment.
      const source = readFileSync(join(ROOT, row.file), 'utf8');
      expect([`'${row.title}'`, `\`${row.title}\``].some((title) => source.includes(title))).toBe(true);
    },
  );
});
