import { type Client, escapeIdentifier, escapeLiteral } from 'pg';

interface ExecutedNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Loops': number;
  'Actual Rows': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: ExecutedNode[];
}

export interface ExecutedPlan {
  /** Tables that it read, each partition separately: what was pruned, when planning or when running, is not among them. */
  readonly tables: string[];
  /** Those that it read sequentially. */
  readonly scanned: string[];
  /** Rows that came out of tables. */
  readonly rows: number;
  /** Pages that it read, from memory or not. */
  readonly pages: number;
}

/** A statement with `$1`, `$2`, …, as it is sent. */
export interface SentStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Runs the statement by its generic plan, which is the one that a prepared statement keeps. */
export async function executedPlanOf(client: Client, { text, values }: SentStatement): Promise<ExecutedPlan> {
  const name = escapeIdentifier(`plan of ${text.length}`);
  await client.query(`SET plan_cache_mode = force_generic_plan; PREPARE ${name} AS ${text}`);
  try {
    const given = values.length > 0 ? `(${values.map(literal).join(', ')})` : '';
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: ExecutedNode }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE ${name}${given}`,
    );
    const root = rows[0]?.['QUERY PLAN'][0].Plan;
    if (!root) throw new Error('the database returned no plan');
    const read = nodesOf(root).filter((node) => node['Relation Name'] && node['Actual Loops'] > 0);
    const names = (nodes: ExecutedNode[]) => [...new Set(nodes.map((node) => String(node['Relation Name'])))].sort();
    return {
      tables: names(read),
      scanned: names(read.filter((node) => node['Node Type'] === 'Seq Scan')),
      rows: read.reduce((sum, node) => sum + node['Actual Rows'] * node['Actual Loops'], 0),
      pages: root['Shared Hit Blocks'] + root['Shared Read Blocks'],
    };
  } finally {
    await client.query(`DEALLOCATE ${name}`);
  }
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return escapeLiteral(`{${value.map(textOf).join(',')}}`);
  return value === null || value === undefined ? 'NULL' : escapeLiteral(textOf(value));
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function nodesOf(node: ExecutedNode): ExecutedNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}
