import { Client, type QueryConfig } from 'pg';

export interface Query {
  readonly text: string;
  readonly values: unknown[];
}

/** The reads that this process sends to PostgreSQL while `work` runs, with their values. */
export async function recordQueries(work: () => Promise<unknown>): Promise<Query[]> {
  const queries: Query[] = [];
  const original = Reflect.get(Client.prototype, 'query') as (...args: unknown[]) => unknown;
  Client.prototype.query = function record(this: Client, ...args: unknown[]) {
    const [asked, values] = args as [QueryConfig | string, unknown[] | undefined];
    const text = typeof asked === 'string' ? asked : asked.text;
    if (/^\s*(SELECT|WITH)/i.test(text)) {
      queries.push({ text, values: (typeof asked === 'string' ? values : asked.values) ?? [] });
    }
    return original.apply(this, args);
  } as typeof Client.prototype.query;
  try {
    await work();
  } finally {
    Client.prototype.query = original as typeof Client.prototype.query;
  }
  return queries;
}

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Node[];
}

export interface Cost {
  /** Pages of 8 KiB that were read. */
  readonly blocks: number;
  /** Tables with more rows than a page of a list that were scanned completely. */
  readonly scanned: string[];
}

/** Runs a query and returns its cost in pages, which does not depend on other processes of the machine. */
export async function costOf(client: Client, { text, values }: Query): Promise<Cost> {
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
    values,
  );
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  if (!plan) throw new Error(`No plan for ${text}`);
  const nodes = flatten(plan);
  return {
    blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
    scanned: nodes
      .filter((node) => node['Node Type'] === 'Seq Scan' && seen(node) > 200)
      .map((node) => node['Relation Name'] ?? '?'),
  };
}

const seen = (node: Node) => (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
const flatten = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(flatten)];
