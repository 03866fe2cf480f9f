import { DatabaseError, type PoolClient, type QueryResult } from 'pg';
import { isRefusal } from './database-errors';
import { send, traced } from './flight';
import type { Queryable } from './queryable';
import { sql, type Template } from './sql';
import type { StatementName } from './statement-names';

/** A transaction that collects writes. */
export interface Writer extends Queryable {
  /**
   * Adds a statement whose result nothing depends on. It leaves with the next flight, at the latest with COMMIT, and costs
   * no round trip of its own. If it fails, the transaction fails.
   */
  write(statement: Template, outcome?: WriteOutcome): void | Promise<void>;
}

export interface WriteOutcome {
  /** The error to throw when `refuseUnless` makes the statement fail. */
  readonly refusal?: () => Error;
  /** Gets the rows of the statement, before the commit is known. */
  readonly received?: (rows: unknown[]) => void;
}

/** A value in a statement: computing it fails unless the condition holds. */
export function refuseUnless(condition: Template): Template {
  return sql`1 / (${condition})::int`;
}

const COMMIT = sql`COMMIT`;
const ROLLBACK = sql`ROLLBACK`;

/**
 * One transaction on one connection. BEGIN leaves with the first flight. A use case costs two round trips when it sends its
 * locks and reads together, and collects what it writes.
 *
 * Example: `[BEGIN, lock the company, read the invite]`, then `[UPDATE, INSERT the event, COMMIT]`.
 */
export class Transaction implements Writer {
  private state: 'new' | 'open' | 'ending' | 'over' = 'new';
  private collected: { readonly statement: Template; readonly outcome: WriteOutcome | undefined }[] = [];
  private readonly written: Promise<void>[] = [];
  /** The first error of any statement: those that follow only report that the transaction is aborted. */
  private failure: Error | undefined;

  constructor(
    private readonly client: PoolClient,
    private readonly nameOf: StatementName,
    private readonly begin: Template,
  ) {}

  query<Row>(statement: Template): Promise<Row[]> {
    return handled(this.ask(statement).then(({ rows }) => rows as Row[]));
  }

  execute(statement: Template): Promise<number> {
    return handled(this.ask(statement).then(({ rowCount }) => rowCount ?? 0));
  }

  write(statement: Template, outcome?: WriteOutcome): void {
    this.assertOpen();
    this.collected.push({ statement, outcome });
  }

  /** @throws the first error of a statement, also one that the work has caught: PostgreSQL has rolled back then. */
  async commit(): Promise<void> {
    if (this.state === 'new' && this.collected.length === 0) {
      this.state = 'over';
      return;
    }
    this.flush();
    this.state = 'ending';
    const ended = await this.send(COMMIT, '').catch(() => undefined);
    await Promise.allSettled(this.written);
    if (ended) this.state = 'over';
    if (this.failure) throw traced(this.failure);
    if (ended?.command !== 'COMMIT') throw new Error('The transaction was rolled back by the database');
  }

  /** Does nothing when no statement was sent, or when it has ended. */
  async rollback(): Promise<void> {
    const isOpen = this.state === 'open' || this.state === 'ending';
    this.state = 'over';
    if (isOpen) await send(this.client, ROLLBACK, '');
  }

  /** The first error, where `error` is only its consequence: an aborted transaction, or a plan that it did not prepare. */
  causeOf(error: unknown): unknown {
    return (error instanceof DatabaseError && this.failure) || error;
  }

  private async ask(statement: Template): Promise<QueryResult> {
    this.assertOpen();
    this.flush();
    try {
      return await this.send(statement);
    } catch (error) {
      throw traced(error);
    }
  }

  private assertOpen(): void {
    if (this.state === 'ending' || this.state === 'over') {
      throw new Error('A statement was sent after the end of its transaction');
    }
  }

  /** Sends what is collected. */
  private flush(): void {
    if (this.state === 'new') {
      this.state = 'open';
      void handled(this.send(this.begin, ''));
    }
    const writes = this.collected;
    this.collected = [];
    for (const { statement, outcome } of writes) {
      const sent = this.send(statement, undefined, outcome?.refusal);
      this.written.push(handled(sent.then(({ rows }) => outcome?.received?.(rows))));
    }
  }

  private send(statement: Template, name?: string, refusal?: () => Error): Promise<QueryResult> {
    const sent = send(this.client, statement, name ?? this.nameOf({ sql: statement.text }));
    return sent.catch((error: Error) => {
      this.failure ??= refusal && isRefusal(error) ? refusal() : error;
      throw error;
    });
  }
}

/** A rejection that nothing awaits does not end the process: COMMIT fails with its error. */
function handled<T>(result: Promise<T>): Promise<T> {
  result.catch(() => undefined);
  return result;
}
