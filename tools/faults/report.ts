import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { plotOf } from './plot';
import type { Outcome } from './run-case';
import { tableOf } from './table';

const DIR = resolve(__dirname, '../../docs/faults');

/** Writes the table of verdicts and the plot of throughput, backlog and latency beside `docs/faults.md`. */
export function writeReport(outcomes: readonly Outcome[], dir = DIR): void {
  mkdirSync(dir, { recursive: true });
  const where = `${availableParallelism()} cores, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`;
  const text = `# Verdicts of \`npm run faults -- --write\`\n\n${where}. What each column means: [faults](../faults.md).\n\n${tableOf(outcomes)}\n`;
  writeFileSync(join(dir, 'verdicts.md'), text);
  writeFileSync(join(dir, 'series.svg'), plotOf(outcomes));
}
