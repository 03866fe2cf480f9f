import { DatabaseError, Pool, type PoolClient, type QueryResult } from 'pg';

/** Statements by name, pipelined: what leaves in one turn of the event loop leaves in one write. */
export class Db {
  private readonly pool: Pool;
  private readonly names = new Map<string, string>();

  constructor(connectionString: string) {
    this.pool = new Pool({ connectionString, max: 10, pipeline: true, options: '-c jit=off -c random_page_cost=1.1' });
  }

  async query<Row>(text: string, values: unknown[]): Promise<Row[]> {
    const client = await this.pool.connect();
    try {
      return (await this.send(client, text, values)).rows as Row[];
    } finally {
      client.release();
    }
  }

  /** `read` is the first flight, what `write` returns the second, COMMIT with it. Runs again after a deadlock. */
  async transaction<Read, Result>(
    read: (send: (text: string, values: unknown[]) => Promise<QueryResult>) => Promise<Read>,
    write: (found: Read) => {
      statements: [text: string, values: unknown[]][];
      result: (rows: QueryResult[]) => Result;
    },
  ): Promise<Result> {
    const client = await this.pool.connect();
    try {
      const cork = this.cork(client);
      const begun = client.query('BEGIN');
      const reading = read((text, values) => this.send(client, text, values));
      cork();
      const [found] = await Promise.all([reading, begun]);
      const { statements, result } = write(found);
      const uncork = this.cork(client);
      const sent = statements.map(([text, values]) => this.send(client, text, values));
      const committed = client.query('COMMIT');
      uncork();
      const rows = await Promise.all(sent);
      await committed;
      return result(rows);
    } catch (error) {
      await client.query('ROLLBACK');
      if (error instanceof DatabaseError && (error.code === '40P01' || error.code === '40001')) {
        return await this.transaction(read, write);
      }
      throw error;
    } finally {
      client.release();
    }
  }

  private cork(client: PoolClient): () => void {
    const { stream } = (client as unknown as { connection: { stream: { cork(): void; uncork(): void } } }).connection;
    stream.cork();
    return () => stream.uncork();
  }

  private send(client: PoolClient, text: string, values: unknown[]): Promise<QueryResult> {
    let name = this.names.get(text);
    if (!name) this.names.set(text, (name = `s${this.names.size}`));
    return client.query({ name, text, values });
  }
}
