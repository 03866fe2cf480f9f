import { Injectable } from '@nestjs/common';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import type { Job } from './job';

/** A job as one look found it. */
export interface JobState {
  readonly name: string;
  /** The look has claimed it for its caller: of all instances that look while it is due, for one. */
  readonly claimed: boolean;
  /** Until it is due and no lease of another instance is left; 0 when it was due. */
  readonly dueInMs: number;
  readonly lastSuccessAt: Date | null;
}

/** The rows of `jobs`. All times are the database's, so clocks of instances are never compared. */
@Injectable()
export class LeaseStore {
  constructor(private readonly database: Database) {}

  async register(jobs: readonly Pick<Job, 'name' | 'settings'>[]): Promise<void> {
    const names = jobs.map(({ name }) => name);
    const settings = jobs.map((job) => (job.settings === undefined ? null : JSON.stringify(job.settings)));
    await this.database.execute(sql`
      INSERT INTO jobs (name, settings)
      SELECT name, settings::jsonb FROM unnest(${names}::text[], ${settings}::text[]) AS job (name, settings) ORDER BY name
      ON CONFLICT (name) DO UPDATE SET settings = EXCLUDED.settings WHERE EXCLUDED.settings IS DISTINCT FROM jobs.settings`);
  }

  /** Looks at all these jobs, and claims those that are due. At most looks none is: then it locks and writes nothing. */
  look(names: readonly string[], owner: string, leaseMs: number): Promise<JobState[]> {
    return this.database.query<JobState>(sql`
      WITH due AS MATERIALIZED (
        SELECT name FROM jobs
        WHERE name = ANY(${names}::text[]) AND next_run_at <= now() AND (lease_until IS NULL OR lease_until < now())
        ORDER BY name FOR UPDATE SKIP LOCKED
      ), claimed AS (
        UPDATE jobs SET lease_owner = ${owner}, lease_until = now() + ${leaseMs} * interval '1 millisecond'
        FROM due WHERE jobs.name = due.name
        RETURNING jobs.name
      )
      SELECT name, (claimed.name IS NOT NULL) AS claimed, last_success_at AS "lastSuccessAt",
        (extract(epoch FROM greatest(next_run_at, lease_until, now()) - now()) * 1000)::float8 AS "dueInMs"
      FROM jobs LEFT JOIN claimed USING (name)
      WHERE name = ANY(${names}::text[])`);
  }

  /** @returns false when another instance has taken the lease over. */
  async renew(name: string, owner: string, leaseMs: number): Promise<boolean> {
    const renewed = await this.database.execute(sql`
      UPDATE jobs SET lease_until = now() + ${leaseMs} * interval '1 millisecond'
      WHERE name = ${name} AND lease_owner = ${owner}`);
    return renewed > 0;
  }

  async succeed(name: string, owner: string, nextInMs: number): Promise<void> {
    await this.database.execute(sql`
      UPDATE jobs SET lease_owner = NULL, lease_until = NULL, last_success_at = now(), last_error = NULL,
                      next_run_at = now() + ${nextInMs} * interval '1 millisecond'
      WHERE name = ${name} AND lease_owner = ${owner}`);
  }

  async fail(name: string, owner: string, nextInMs: number, reason: string): Promise<void> {
    await this.database.execute(sql`
      UPDATE jobs SET lease_owner = NULL, lease_until = NULL, last_error = ${reason},
                      next_run_at = now() + ${nextInMs} * interval '1 millisecond'
      WHERE name = ${name} AND lease_owner = ${owner}`);
  }

  /** Gives an unfinished run back: the next instance that polls runs it at once. */
  async release(name: string, owner: string): Promise<void> {
    await this.database.execute(sql`
      UPDATE jobs SET lease_owner = NULL, lease_until = NULL WHERE name = ${name} AND lease_owner = ${owner}`);
  }
}
