import { Injectable } from '@nestjs/common';
import { removeInbox } from '@convene/inbox/remove-inbox';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { eraseNames } from './erase-names';
import { removeBelongings } from './remove-belongings';

/** The part of an account's deletion whose duration depends on the length of its history. */
@Injectable()
export class Erasure {
  constructor(private readonly database: Database) {}

  /** Safe to repeat, and to interrupt. Does nothing for an account that is not deleted. */
  async execute(userId: string): Promise<void> {
    const deleted = await this.database.query(sql`
      SELECT 1 AS deleted FROM users WHERE id = ${userId}::uuid AND deleted_at IS NOT NULL`);
    if (deleted.length === 0) return;
    await eraseNames(this.database, userId);
    await removeInbox(this.database, userId);
    // Again: a request of the user may have committed after the deletion.
    await this.database.transaction((tx) => removeBelongings(tx, userId));
  }
}
