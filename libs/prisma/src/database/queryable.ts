import type { Template } from './sql';

/** What runs statements: the database (each by itself), or a transaction. */
export interface Queryable {
  /** @returns the rows, as PostgreSQL names their columns. The caller states their type. */
  query<Row>(statement: Template): Promise<Row[]>;
  /** @returns how many rows were inserted, changed or deleted. */
  execute(statement: Template): Promise<number>;
}
