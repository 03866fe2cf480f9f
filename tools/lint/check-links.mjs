/**
 * Fails when a relative link of a Markdown file leads to a file that does not exist, or to a heading that the file does not have.
 * Addresses of other hosts are not looked at. In: the Markdown files of the repository, or those that are given. Out: one line for
 * each broken link, on stderr.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import GithubSlugger from 'github-slugger';
import MarkdownIt from 'markdown-it';

const parser = new MarkdownIt({ html: true });
const parsed = new Map();

/** The links of a file, each with its line, and the anchors by which others lead into it. */
function read(file) {
  const known = parsed.get(file);
  if (known) return known;
  const slugger = new GithubSlugger();
  const [links, anchors] = [[], new Set()];
  const tokens = parser.parse(readFileSync(file, 'utf8'), {});
  tokens.forEach((token, index) => {
    if (token.type === 'heading_open') anchors.add(slugger.slug(textOf(tokens[index + 1])));
    for (const html of [token, ...(token.children ?? [])].filter(({ type }) => type.startsWith('html_'))) {
      for (const [, id] of html.content.matchAll(/\b(?:id|name)="([^"]+)"/g)) anchors.add(id);
    }
    for (const { type, attrs } of token.children ?? []) {
      const target = (attrs ?? []).find(([name]) => name === (type === 'image' ? 'src' : 'href'))?.[1];
      if (target !== undefined) links.push({ target: decodeURI(target), line: (token.map?.[0] ?? 0) + 1 });
    }
  });
  const result = { links, anchors };
  parsed.set(file, result);
  return result;
}

const textOf = ({ children }) =>
  children
    .filter(({ type }) => type === 'text' || type === 'code_inline')
    .map(({ content }) => content)
    .join('');

function problemOf(file, target) {
  const [path, anchor] = target.split('#');
  const to = path === '' ? file : resolve(dirname(file), path);
  if (!existsSync(to)) return 'there is no such file';
  if (!anchor || statSync(to).isDirectory() || !to.endsWith('.md')) return undefined;
  return read(to).anchors.has(anchor) ? undefined : 'that file has no such heading';
}

const root = resolve(import.meta.dirname, '../..');
const tracked = () =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file !== '')
    .map((file) => join(root, file))
    .filter((file) => existsSync(file));
const files = process.argv.length > 2 ? process.argv.slice(2).map((file) => resolve(file)) : tracked();

const broken = files.flatMap((file) =>
  read(file)
    .links.filter(({ target }) => !/^([a-z][a-z+.-]*:|\/\/)/i.test(target))
    .map(({ target, line }) => ({ where: `${relative(root, file)}:${line}`, target, problem: problemOf(file, target) }))
    .filter(({ problem }) => problem !== undefined),
);
for (const { where, target, problem } of broken) console.error(`${where}: ${target}: ${problem}`);
process.exitCode = broken.length > 0 ? 1 : 0;
