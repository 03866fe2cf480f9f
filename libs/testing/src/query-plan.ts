import type { Client } from 'pg';

interface PlanNode {
  'Node Type': string;
  'Index Name'?: string;
  'Relation Name'?: string;
  Plans?: PlanNode[];
}

export interface QueryPlan {
  /** Indexes it reads; an index of a partition is given by its parent's name. */
  indexes: string[];
  /** Tables it reads, each partition separately. */
  tables: string[];
  /** Tables it reads sequentially. */
  scanned: string[];
  /** E.g. `Sort`, `Merge Append`, `Limit`. */
  steps: string[];
}

/** How PostgreSQL would run the query, by its current statistics: `ANALYZE` after filling tables. */
export async function planOf(client: Client, sql: string, values: unknown[]): Promise<QueryPlan> {
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`EXPLAIN (FORMAT JSON) ${sql}`, values);
  const nodes = rows.flatMap((row) => flatten(row['QUERY PLAN'][0].Plan));
  const parents = await indexParents(client);
  const distinct = (names: (string | undefined)[]) => [...new Set(names.filter((name) => name !== undefined))].sort();
  return {
    indexes: distinct(nodes.map(({ 'Index Name': name }) => name && (parents.get(name) ?? name))),
    tables: distinct(nodes.map((node) => node['Relation Name'])),
    scanned: distinct(nodes.map((node) => (node['Node Type'] === 'Seq Scan' ? node['Relation Name'] : undefined))),
    steps: distinct(nodes.map((node) => node['Node Type'])),
  };
}

function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}

async function indexParents(client: Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ child: string; parent: string }>(`
    SELECT child.relname AS child, parent.relname AS parent FROM pg_inherits
    JOIN pg_class child ON child.oid = inhrelid JOIN pg_class parent ON parent.oid = inhparent
    WHERE child.relkind = 'i'`);
  return new Map(rows.map(({ child, parent }) => [child, parent]));
}
