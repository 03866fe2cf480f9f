import { Injectable } from '@nestjs/common';
import type { ActView } from '@convene/contracts/ops/acts';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import type { Operator } from '../identity/operator-tokens';
import { ActLog } from './act-log';
import { ActRunner } from './act-runner';
import { ReadActs } from './read-acts';

const CHANGES = {
  'acts abort': { from: 'running', to: 'aborted' },
  'acts resume': { from: 'aborted', to: 'running' },
} as const;

@Injectable()
export class ChangeAct {
  constructor(
    private readonly database: Database,
    private readonly acts: ActLog,
    private readonly runner: ActRunner,
    private readonly read: ReadActs,
  ) {}

  /**
   * Aborts or resumes an act on many. An aborted one takes nothing more; what it has sent already, it watches to the end. A second abort
   * or resume changes nothing. Each is recorded as an act of its own. @returns the act it is about @throws ConveneError NOT_FOUND
   */
  async execute(operator: Operator, command: keyof typeof CHANGES, actId: string, reason: string): Promise<ActView> {
    await this.read.one(actId);
    const { from, to } = CHANGES[command];
    await this.acts.perform({ operator, command, filter: { actId }, reason }, async () => {
      const changed = await this.database.execute(sql`
        UPDATE operator_acts SET state = ${to}::"OperatorActState"
        WHERE id = ${actId}::uuid AND rate IS NOT NULL AND state = ${from}::"OperatorActState"`);
      return { counts: { changed }, ...(changed === 0 && { outcome: `it is not ${from}` }) };
    });
    this.runner.wake();
    return this.read.one(actId);
  }
}
