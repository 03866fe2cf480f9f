import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { collectDefaultMetrics, Registry } from 'prom-client';
import ts from 'typescript';
import { type Metric, metricsDeclaredIn } from '../reference/metrics';
import { nodesOf, sourceOf } from '../reference/source';
import { ROOT } from './alert-rules';

/**
 * Every metric that the sources of apps and libs declare, and those of prom-client, by name. Read from the sources, because
 * a running process shows the labels of a counter only once it has counted.
 */
export function declaredMetrics(): Map<string, Metric> {
  const ours = sourceFiles().flatMap((file) => metricsDeclaredIn(sourceOf(file)));
  return new Map([...ours, ...metricsOfPromClient()].map((metric) => [metric.name, metric]));
}

/** Whether the file that declares a counter also increments it by 0, which makes its series exist from the start. */
export function startsAtZero(name: string): boolean {
  const source = sourceFiles()
    .map(sourceOf)
    .find((file) => metricsDeclaredIn(file).some((metric) => metric.name === name));
  const isZero = (node: ts.Expression | undefined) => node && ts.isNumericLiteral(node) && node.text === '0';
  const calls = source ? nodesOf(source, ts.isCallExpression) : [];
  return calls.some(({ expression, arguments: [, by] }) => /\.inc$/.test(expression.getText()) && isZero(by));
}

function sourceFiles(): string[] {
  return ['apps', 'libs'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.ts$/.test(file) && !/\.spec\.ts$|\/test-support\/|\/generated\//.test(file))
      .map((file) => join(folder, file)),
  );
}

/** The labels that a series of this name has, such as `le` of the buckets; undefined where nothing declares the series. */
export function labelsOf(series: string, declared: ReadonlyMap<string, Metric>): readonly string[] | undefined {
  const exact = declared.get(series);
  if (exact) return exact.labels;
  const [, name = '', part] = /^(.+)_(bucket|sum|count)$/.exec(series) ?? [];
  const histogram = declared.get(name);
  if (!histogram || !['histogram', 'summary'].includes(histogram.type)) return undefined;
  return part === 'bucket' ? [...histogram.labels, 'le'] : histogram.labels;
}

function metricsOfPromClient(): Metric[] {
  interface Inside {
    readonly name: string;
    readonly help: string;
    readonly type: string;
    readonly labelNames: readonly string[];
  }
  const register = new Registry();
  collectDefaultMetrics({ register });
  const metrics = register.getMetricsAsArray() as unknown as Inside[];
  return metrics.map(({ name, help, type, labelNames }) => ({ name, help, type, labels: labelNames }));
}
