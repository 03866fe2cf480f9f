import { Injectable } from '@nestjs/common';
import { TurnBatcher } from '@convene/batching/turn-batcher';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

/** Users that one statement looks for. */
const MAX_BATCH = 500;

@Injectable()
export class DeletedAccounts {
  private readonly asked: TurnBatcher<readonly string[], ReadonlySet<string>>;

  constructor(database: Database) {
    const look = async (lists: readonly (readonly string[])[]): Promise<ReadonlySet<string>[]> => {
      const rows = await database.query<{ id: string }>(sql`
        SELECT id FROM users WHERE id = ANY(${lists.flat()}::uuid[]) AND deleted_at IS NOT NULL`);
      const deleted = new Set(rows.map(({ id }) => id));
      return lists.map((userIds) => new Set(userIds.filter((id) => deleted.has(id))));
    };
    this.asked = new TurnBatcher(look, { maxWeight: MAX_BATCH, weightOf: (userIds) => userIds.length });
  }

  /** Those of the users whose account was deleted. */
  among(userIds: readonly string[]): Promise<ReadonlySet<string>> {
    return this.asked.do(userIds);
  }
}
