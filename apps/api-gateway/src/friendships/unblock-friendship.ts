import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

@Injectable()
export class UnblockFriendship {
  constructor(private readonly database: Database) {}

  /**
   * Lifts a block without an event. A request that was withheld meanwhile stays withheld; its requester may withdraw it and
   * send a new one. @throws ConveneError NOT_FOUND
   */
  async execute(id: string, callerId: string): Promise<void> {
    const deleted = await this.database.execute(sql`
      DELETE FROM blocks WHERE id = ${id}::uuid AND blocker_id = ${callerId}::uuid`);
    if (deleted === 0) throw new ConveneError('NOT_FOUND');
  }
}
