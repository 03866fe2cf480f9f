import { parser } from '@prometheus-io/lezer-promql';
import type { Metric } from '../reference/metrics';
import { labelsOf } from './declared-metrics';

type Node = ReturnType<typeof parser.parse>['topNode'];

export interface MetricUse {
  readonly metric: string;
  /** The labels that the expression selects the metric by, and those that aggregations around it group by. */
  readonly labels: readonly string[];
}

/** The metrics that an expression reads. @throws when it cannot be parsed, or selects series without naming a metric */
export function metricsIn(expression: string): MetricUse[] {
  const uses: MetricUse[] = [];
  const text = ({ from, to }: Node) => expression.slice(from, to);
  const visit = (node: Node, grouping: readonly string[]): void => {
    if (node.type.isError) throw new Error(`"${expression}" cannot be parsed from "${expression.slice(node.from)}"`);
    if (node.name === 'VectorSelector') {
      const metric = node.getChild('Identifier');
      if (!metric) throw new Error(`"${text(node)}" names no metric`);
      uses.push({ metric: text(metric), labels: [...new Set([...labelNamesIn(node).map(text), ...grouping])] });
      return;
    }
    const modifier = node.name === 'AggregateExpr' ? node.getChild('AggregateModifier') : null;
    const groupedBy = modifier ? labelNamesIn(modifier).map(text) : [];
    for (const child of childrenOf(node)) visit(child, [...grouping, ...groupedBy]);
  };
  visit(parser.parse(expression).topNode, []);
  return uses;
}

/** The values of `job` that an expression selects by name. */
export function jobsIn(expression: string): string[] {
  return [...expression.matchAll(/\bjob="([^"]+)"/g)].map(([, job]) => job as string);
}

/** Of the target, and `service` of every process. */
const TARGET_LABELS = ['job', 'instance', 'service'];

/** What an expression reads although nothing declares it: metrics, and labels that a metric does not have. */
export function undeclaredIn(expression: string, declared: ReadonlyMap<string, Metric>): string[] {
  return metricsIn(expression).flatMap(({ metric, labels }) => {
    const own = metric === 'up' ? [] : labelsOf(metric, declared);
    if (!own) return metric;
    const foreign = labels.filter((label) => ![...TARGET_LABELS, ...own].includes(label));
    return foreign.map((label) => `${metric}{${label}}`);
  });
}

function labelNamesIn(node: Node): Node[] {
  return node.name === 'LabelName' ? [node] : childrenOf(node).flatMap(labelNamesIn);
}

function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}
