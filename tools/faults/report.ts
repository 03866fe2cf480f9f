import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { plotOf } from './plot';
import type { Outcome } from './run-case';
import { tableOf } from './table';

const DOCS = resolve(__dirname, '../../docs');

/** Writes the table of verdicts and the plot of throughput, backlog and latency beside `docs/<command>.md`. */
export function writeReport(command: string, outcomes: readonly Outcome[]): void {
  const dir = join(DOCS, command);
  mkdirSync(dir, { recursive: true });
  const where = `${availableParallelism()} cores, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`;
  const text = `# Verdicts of \`npm run ${command} -- --write\`\n\n${where}. What each column means: [${command}](../${command}.md).\n\n${tableOf(outcomes)}\n`;
  writeFileSync(join(dir, 'verdicts.md'), text);
  writeFileSync(join(dir, 'series.svg'), plotOf(outcomes));
}
