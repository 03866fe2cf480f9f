import ts from 'typescript';
import { compactMarkdownTable } from '../dev/markdown-table';
import { namesOf } from './apps';
import { nodesOf, placeOf, propertyOf, sourceOf, valueOf } from './source';

/** By class. */
const TYPES = new Map(
  Object.entries({
    Counter: 'counter',
    GatheredCounter: 'counter',
    Gauge: 'gauge',
    Histogram: 'histogram',
    Summary: 'summary',
  }),
);
/** Declares a gauge by its arguments `name` and `help`. */
const SCRAPED_GAUGE = 'scrapedGauge';

export interface Metric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** Every metric that code of ours declares, with the apps whose bundle contains it. */
export function metricsReference(modules: ReadonlyMap<string, ReadonlySet<string>>): string {
  const metrics = new Map<string, Metric & { apps: Set<string> }>();
  for (const [path, apps] of modules) {
    for (const metric of metricsDeclaredIn(sourceOf(path))) {
      metrics.set(metric.name, { ...metric, apps: new Set([...(metrics.get(metric.name)?.apps ?? []), ...apps]) });
    }
  }
  const rows = [...metrics.values()]
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, type, labels, help, apps }) => {
      return [`\`${name}\``, type, labels.map((label) => `\`${label}\``).join(', '), help, namesOf(apps)];
    });
  return `# Metrics

Generated from the code by \`npm run docs:reference\`. Every process serves them at \`/metrics\` on its internal port (4100 to 4104),
together with the \`process_*\` and \`nodejs_*\` metrics of prom-client. Each series has the label \`service\`. A histogram \`x\` has the
series \`x_bucket\`, \`x_sum\` and \`x_count\`. A metric with labels has no series before it has been observed, but for counters whose
increase alerts watch, which start at 0. A gauge that cannot be read at a scrape is \`NaN\`, which fires no alert: the alert on the server
that was not read does.

${compactMarkdownTable(['Name', 'Type', 'Labels', 'Meaning', 'Apps'], rows)}
`;
}

/** What a file declares. */
export function metricsDeclaredIn(source: ts.SourceFile): Metric[] {
  // Where one of our own ways to declare metrics is defined, no metric is declared.
  const defined = [...nodesOf(source, ts.isFunctionDeclaration), ...nodesOf(source, ts.isClassDeclaration)];
  if (defined.some(({ name }) => name && (name.text === SCRAPED_GAUGE || TYPES.has(name.text)))) return [];
  const created = nodesOf(source, ts.isNewExpression).filter(({ expression }) => TYPES.has(expression.getText()));
  const scraped = nodesOf(source, ts.isCallExpression).filter(
    ({ expression }) => expression.getText() === SCRAPED_GAUGE,
  );
  return [
    ...created.map(createdMetric),
    ...scraped.map(({ arguments: [name, help] }) => {
      return { name: String(name && valueOf(name)), type: 'gauge', help: String(help && valueOf(help)), labels: [] };
    }),
  ];
}

function createdMetric(creation: ts.NewExpression): Metric {
  const [options] = creation.arguments ?? [];
  if (!options || !ts.isObjectLiteralExpression(options)) throw new Error(`${placeOf(creation)}: not an object`);
  const field = (name: string) => {
    const value = propertyOf(options, name);
    return value && valueOf(value);
  };
  const labels = (field('labelNames') ?? []) as string[];
  return {
    name: String(field('name')),
    type: TYPES.get(creation.expression.getText()) ?? '',
    help: String(field('help')),
    labels,
  };
}
