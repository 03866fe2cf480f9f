import { Injectable, OnModuleInit } from '@nestjs/common';
import { HealthRegistry } from '@convene/observability/health';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { UserReads } from './user-reads';

/** A read that ended within this long proves that the next one can. */
const RECENT_MS = 5_000;

/** A database that answers is not enough: a node whose reads do not come to an end opens no session. */
@Injectable()
export class ReadsHealth implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly reads: UserReads,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    this.health.register({ name: 'reads', critical: true, check: () => this.check() });
  }

  private async check(): Promise<void> {
    if (this.reads.sinceCompletedMs < RECENT_MS) return;
    await this.reads.lane(() => this.reads.statement(async () => this.database.query(sql`SELECT 1`)));
  }
}
