import { Inject, Injectable, OnApplicationShutdown } from '@nestjs/common';
import type { PoolClient, QueryResult } from 'pg';
import { failure, isReusableAfter, send, traced } from './flight';
import { ConvenePool } from './pool';
import { poolConfig } from './pool-config';
import type { Queryable } from './queryable';
import { retryInPlace } from './retry';
import { rawSql, type Template } from './sql';
import { type StatementName, statementNames } from './statement-names';
import { Transaction } from './transaction';
import { currentFrame } from './transaction-frame';

export interface DatabaseOptions {
  readonly databaseUrl: string;
  /** What `pg_stat_activity` shows: the name of the deployable. */
  readonly applicationName: string;
  /** Applies if the URL sets none. */
  readonly statementTimeoutMs?: number;
}

export const DATABASE_OPTIONS = Symbol('DatabaseOptions');

export interface TransactionOptions {
  /** READ COMMITTED by default. */
  readonly isolationLevel?: 'REPEATABLE READ' | 'SERIALIZABLE';
  readonly readOnly?: boolean;
}

/** The connections of this process, and SQL on them. Connects when first used, so that a process boots without its database. */
@Injectable()
export class Database implements Queryable, OnApplicationShutdown {
  readonly connections: ConvenePool;
  /** Undefined where no statement may be prepared. */
  readonly nameOf: StatementName | undefined;
  private closing: Promise<void> | undefined;

  constructor(@Inject(DATABASE_OPTIONS) { databaseUrl, applicationName, statementTimeoutMs }: DatabaseOptions) {
    const { reuseStatements, ...config } = poolConfig(databaseUrl, applicationName, statementTimeoutMs);
    this.connections = new ConvenePool(config);
    this.nameOf = reuseStatements ? statementNames() : undefined;
  }

  /** The pool as it is now. */
  get pool(): { total: number; idle: number; waiting: number; limit: number } {
    const { totalCount: total, idleCount: idle, waitingCount: waiting, options } = this.connections;
    return { total, idle, waiting, limit: options.max };
  }

  /** How long the caller that waits longest for one of these connections has been waiting, in ms. */
  longestWaitMs(): number {
    return this.connections.longestWaitMs();
  }

  async query<Row>(statement: Template): Promise<Row[]> {
    const { rows } = await this.alone(statement);
    return rows as Row[];
  }

  async execute(statement: Template): Promise<number> {
    const { rowCount } = await this.alone(statement);
    return rowCount ?? 0;
  }

  /**
   * Runs `work` in one transaction, and again after a deadlock or a serialization failure: it must have no effect outside
   * the database. What it throws rolls back.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const frame = currentFrame();
    const begin = beginOf(options);
    return retryInPlace(async () => {
      const client = await this.connect();
      const tx = new Transaction(client, this.named, begin);
      let reusable = false;
      try {
        if (frame) await frame.before(tx);
        const result = await work(tx);
        if (frame) await frame.after(tx, result);
        await tx.commit();
        reusable = true;
        frame?.committed();
        return result;
      } catch (error) {
        reusable = await tx.rollback().then(() => true, isReusableAfter);
        throw tx.causeOf(error);
      } finally {
        client.release(!reusable);
      }
    });
  }

  /** Not `onModuleDestroy`: that comes before servers and consumers have finished what they are doing. */
  onApplicationShutdown(): Promise<void> {
    return (this.closing ??= this.connections.end());
  }

  private async alone(statement: Template): Promise<QueryResult> {
    const client = await this.connect();
    try {
      const result = await send(client, statement, this.named({ sql: statement.text }));
      client.release();
      return result;
    } catch (error) {
      client.release(!isReusableAfter(error));
      throw traced(error);
    }
  }

  /** By callback: that is one promise, where `connect()` of the pool makes five for each statement. */
  private connect(): Promise<PoolClient> {
    return new Promise((resolve, reject) => {
      this.connections.connect((error, client) => {
        if (client) resolve(client);
        else reject(failure(error as Error));
      });
    });
  }

  private readonly named: StatementName = (statement) => this.nameOf?.(statement) ?? '';
}

const begins = new Map<string, Template>();

function beginOf({ isolationLevel, readOnly = false }: TransactionOptions): Template {
  const text = `BEGIN${isolationLevel ? ` ISOLATION LEVEL ${isolationLevel}` : ''}${readOnly ? ' READ ONLY' : ''}`;
  let begin = begins.get(text);
  if (!begin) begins.set(text, (begin = rawSql(text)));
  return begin;
}
