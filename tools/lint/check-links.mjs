/**
 * Fails when a relative link of a Markdown file leads to a file that does not exist, or to a heading that the file does not have.
 * So does a path of this repository in code (`libs/…`) that does not exist. Addresses of other hosts are not looked at. In: the Markdown files of the repository, or those that are given. Out: one line for
 * each broken link, on stderr.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import GithubSlugger from 'github-slugger';
import MarkdownIt from 'markdown-it';

/** No pattern such as `libs/*`, and no place in a file of another kind. */
const REPOSITORY_PATH = /^(?:apps|libs|tools|deploy|docs|prisma)\/[\w./-]+$/;
/** Written by a command when it is asked to, or an example. */
const UNWRITTEN = ['docs/faults/', 'apps/audit-worker'];

const parser = new MarkdownIt({ html: true });
const parsed = new Map();

/** The links of a file, each with its line, and the anchors by which others lead into it. */
function read(file) {
  const known = parsed.get(file);
  if (known) return known;
  const slugger = new GithubSlugger();
  const [links, paths, anchors] = [[], [], new Set()];
  const tokens = parser.parse(readFileSync(file, 'utf8'), {});
  tokens.forEach((token, index) => {
    if (token.type === 'heading_open') anchors.add(slugger.slug(textOf(tokens[index + 1])));
    for (const html of [token, ...(token.children ?? [])].filter(({ type }) => type.startsWith('html_'))) {
      for (const [, id] of html.content.matchAll(/\b(?:id|name)="([^"]+)"/g)) anchors.add(id);
    }
    for (const { type, attrs, content } of token.children ?? []) {
      const [path] = type === 'code_inline' ? (REPOSITORY_PATH.exec(content) ?? []) : [];
      if (path && !UNWRITTEN.some((one) => path.startsWith(one))) paths.push({ path, line: (token.map?.[0] ?? 0) + 1 });
      const target = (attrs ?? []).find(([name]) => name === (type === 'image' ? 'src' : 'href'))?.[1];
      if (target !== undefined) links.push({ target: decodeURI(target), line: (token.map?.[0] ?? 0) + 1 });
    }
  });
  const result = { links, paths, anchors };
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

const broken = files.flatMap((file) => {
  const { links, paths } = read(file);
  const where = (line) => `${relative(root, file)}:${line}`;
  return [
    ...links
      .filter(({ target }) => !/^([a-z][a-z+.-]*:|\/\/)/i.test(target))
      .map(({ target, line }) => ({ where: where(line), target, problem: problemOf(file, target) }))
      .filter(({ problem }) => problem !== undefined),
    ...paths
      .filter(({ path }) => !existsSync(join(root, path)))
      .map(({ path, line }) => ({ where: where(line), target: path, problem: 'there is no such path' })),
  ];
});
for (const { where, target, problem } of broken) console.error(`${where}: ${target}: ${problem}`);
process.exitCode = broken.length > 0 ? 1 : 0;
