import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { ActView } from '@convene/contracts/ops/acts';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { ActLog } from '../acts/act-log';
import type { Operator } from '../identity/operator-tokens';
import { SessionRevoker } from './session-revoker';

@Injectable()
export class RevokeUserSessions {
  constructor(
    private readonly database: Database,
    private readonly acts: ActLog,
    private readonly revoker: SessionRevoker,
  ) {}

  /** Ends all sessions of a user, such as one whose device was stolen. @throws ConveneError NOT_FOUND */
  async execute(operator: Operator, userId: string, reason: string): Promise<ActView> {
    const known = await this.database.query(sql`SELECT FROM users WHERE id = ${userId}::uuid`);
    if (known.length === 0) throw new ConveneError('NOT_FOUND', `There is no user ${userId}`);
    const intent = { operator, command: 'sessions revoke', filter: { userId }, reason };
    return this.acts.perform(intent, async () => ({ counts: { ended: await this.revoker.revokeAll(userId) } }));
  }
}
