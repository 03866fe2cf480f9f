import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectDefaultMetrics, Registry } from 'prom-client';
import ts from 'typescript';
import { ROOT } from './alert-rules';

export interface DeclaredMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** Where the sources declare it; undefined for those of prom-client itself. */
  readonly file?: string;
}

/**
 * Every metric that the sources of apps and libs declare, and those of prom-client, by name. Read from the sources, because
 * a running process shows the labels of a counter only once it has counted.
 */
export function declaredMetrics(): Map<string, DeclaredMetric> {
  const files = ['apps', 'libs'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.ts$/.test(file) && !/\.spec\.ts$|\/test-support\/|\/generated\//.test(file))
      .map((file) => join(folder, file)),
  );
  const own = files.flatMap(metricsOf).sort((a, b) => (a.name < b.name ? -1 : 1));
  return new Map([...own, ...metricsOfPromClient()].map((metric) => [metric.name, metric]));
}

/** The labels that a series of this name has, such as `le` of the buckets; undefined where nothing declares the series. */
export function labelsOf(series: string, declared: ReadonlyMap<string, DeclaredMetric>): readonly string[] | undefined {
  const exact = declared.get(series);
  if (exact) return exact.labels;
  const [, name = '', part] = /^(.+)_(bucket|sum|count)$/.exec(series) ?? [];
  const histogram = declared.get(name);
  if (!histogram || !['histogram', 'summary'].includes(histogram.type)) return undefined;
  return part === 'bucket' ? [...histogram.labels, 'le'] : histogram.labels;
}

function metricsOf(file: string): DeclaredMetric[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  if (!/prom-client|scrapedGauge/.test(text)) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: DeclaredMetric[] = [];
  const visit = (node: ts.Node): void => {
    const type = ts.isNewExpression(node) ? node.expression.getText() : '';
    const [first, second] = ts.isNewExpression(node) || ts.isCallExpression(node) ? (node.arguments ?? []) : [];
    if (['Counter', 'Gauge', 'Histogram', 'Summary'].includes(type) && first && ts.isObjectLiteralExpression(first)) {
      const property = (name: string) => first.properties.find((it) => it.name?.getText() === name);
      const [name] = stringsIn(property('name'));
      const help = stringsIn(property('help')).join('');
      // scrapedGauge itself takes the name from its caller.
      if (name) found.push({ name, type: type.toLowerCase(), help, labels: stringsIn(property('labelNames')), file });
    } else if (ts.isCallExpression(node) && node.expression.getText() === 'scrapedGauge' && first && second) {
      const [name = ''] = stringsIn(first);
      found.push({ name, type: 'gauge', help: stringsIn(second).join(''), labels: [], file });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The string literals of an expression, and of the constant of the same file that it names. */
function stringsIn(node: ts.Node | undefined): string[] {
  if (!node) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isShorthandPropertyAssignment(node)) return stringsIn(constantOf(node.name));
  if (ts.isPropertyAssignment(node)) {
    return stringsIn(ts.isIdentifier(node.initializer) ? constantOf(node.initializer) : node.initializer);
  }
  const strings: string[] = [];
  ts.forEachChild(node, (child) => void strings.push(...stringsIn(child)));
  return strings;
}

function constantOf(name: ts.Identifier): ts.Expression | undefined {
  let found: ts.Expression | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === name.text) found = node.initializer;
    else ts.forEachChild(node, visit);
  };
  visit(name.getSourceFile());
  return found;
}

function metricsOfPromClient(): DeclaredMetric[] {
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
