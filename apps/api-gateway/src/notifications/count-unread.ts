import { Injectable } from '@nestjs/common';
import type { Unread } from '@convene/contracts/frames';
import { readUnread } from '@convene/inbox/read-notifications';
import { Database } from '@convene/prisma/database/database';

@Injectable()
export class CountUnread {
  constructor(private readonly database: Database) {}

  execute(userId: string): Promise<Unread> {
    return readUnread(this.database, userId);
  }
}
