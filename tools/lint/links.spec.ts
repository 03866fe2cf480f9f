import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { tempDir } from '@convene/testing/temp-dir';

const SCRIPT = resolve(__dirname, 'check-links.mjs');

const checkLinks = (...files: string[]) =>
  spawnSync(process.execPath, [SCRIPT, ...files], { cwd: resolve(__dirname, '../..'), encoding: 'utf8' });

describe('the check of links', () => {
  const pageWith = (text: string) => {
    const folder = tempDir('links');
    writeFileSync(join(folder, 'other.md'), '# Other\n\n## A `code` and a word\n\n## Twice\n\n## Twice\n');
    const file = join(folder, 'page.md');
    writeFileSync(file, text);
    return file;
  };

  it('finds no broken link in the documents of this repository', () => {
    expect(checkLinks().stderr).toBe('');
    expect(checkLinks().status).toBe(0);
  });

  it('accepts files, headings, addresses of hosts, and what is no link', () => {
    const text = [
      '# Page',
      '[a](other.md) [b](other.md#a-code-and-a-word) [c](#page) [d](other.md#twice-1) [e](https://example.com/none.md)',
      '`[f](none.md)` `libs/messaging/src/broker.ts` `libs/*/none` `somewhere/else.ts`',
      '```\n[g](none.md)\n```',
    ].join('\n\n');
    expect(checkLinks(pageWith(text))).toMatchObject({ status: 0, stderr: '' });
  });

  it.each([
    ['a file that does not exist', '[a](none.md)', 'none.md: there is no such file'],
    ['a heading that does not exist', '[a](other.md#none)', 'other.md#none: that file has no such heading'],
    ['a heading of its own that does not exist', '[a](#none)', '#none: that file has no such heading'],
    ['a link within a link', '[a](<[a](other.md).md>)', 'there is no such file'],
    ['a reference', '[a][1]\n\n[1]: none.md', 'none.md: there is no such file'],
    ['a path in code that does not exist', '`libs/none/src/none.ts`', 'libs/none/src/none.ts: there is no such path'],
    ['an image', '![a](none.png)', 'none.png: there is no such file'],
  ])('refuses %s, with its place', (_, text, problem) => {
    const { status, stderr } = checkLinks(pageWith(`# Page\n\n${text}\n`));
    expect(status).toBe(1);
    expect(stderr).toMatch(/page\.md:3: /);
    expect(stderr).toContain(problem);
  });
});
