import { Injectable } from '@nestjs/common';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

@Injectable()
export class DeletedAccounts {
  constructor(private readonly database: Database) {}

  /** Those of the users whose account was deleted. */
  async among(userIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ id: string }>(sql`
      SELECT id FROM users WHERE id = ANY(${userIds}::uuid[]) AND deleted_at IS NOT NULL`);
    return new Set(rows.map(({ id }) => id));
  }
}
