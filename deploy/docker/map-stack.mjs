/**
 * Rewrites the positions in stack traces from the bundle to our sources: `main.js:1234:5` → `apps/api-gateway/src/main.ts:7:3`.
 * Processes run without `--enable-source-maps`, which keeps every map in memory. Reads logs on stdin, writes them to stdout.
 *
 *   kubectl logs deploy/api-gateway | kubectl exec -i deploy/api-gateway -- node map-stack.mjs
 *   node deploy/docker/map-stack.mjs dist/apps/api-gateway/main.js.map < api-gateway.log
 */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const POSITION = /[^\s("'\\]*\bmain\.js:(\d+):(\d+)/g;

const file = process.argv[2] ?? fileURLToPath(new URL('main.js.map', import.meta.url));
const map = new SourceMap(JSON.parse(readFileSync(file, 'utf8')));

function original(position, line, column) {
  // Positions in stack traces count from 1, and the map's from 0.
  const { originalSource, originalLine, originalColumn } = map.findEntry(line - 1, column - 1);
  if (originalSource === undefined) return position;
  return `${originalSource.replace(/^(\.\.\/)+/, '')}:${originalLine + 1}:${originalColumn + 1}`;
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(
    `${line.replace(POSITION, (...match) => original(match[0], Number(match[1]), Number(match[2])))}\n`,
  );
}
