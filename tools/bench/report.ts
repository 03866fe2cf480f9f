import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { plotOf } from './plot';
import { isMissed, ratioOf, type Row } from './table';

const DIR = resolve(__dirname, '../../docs/bench');

/** Writes `docs/bench/<name>.json` and `.svg`, beside the page that explains them. */
export function writeReport(name: string, rows: readonly Row[], dir = DIR): void {
  mkdirSync(dir, { recursive: true });
  const report = {
    bench: name,
    measuredOn: new Date().toISOString().slice(0, 10),
    machine: { cores: availableParallelism(), node: process.version },
    rows: rows.map((row) => ({
      ...row,
      ...(row.bare !== undefined && { ratio: ratioOf(row) }),
      ...(row.target && { missed: isMissed(row) }),
    })),
  };
  writeFileSync(join(dir, `${name}.json`), `${JSON.stringify(report, rounded, 2)}\n`);
  writeFileSync(join(dir, `${name}.svg`), plotOf(name, rows));
}

function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value;
}
