import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { ActsView, ActView } from '@convene/contracts/ops/acts';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { ACT_COLUMNS, type ActRow, toActView } from './act-view';

@Injectable()
export class ReadActs {
  constructor(private readonly database: Database) {}

  /** The latest first. */
  async latest(limit: number): Promise<ActsView> {
    const rows = await this.database.query<ActRow>(sql`
      SELECT ${ACT_COLUMNS} FROM operator_acts ORDER BY id DESC LIMIT ${limit}`);
    return { data: rows.map(toActView) };
  }

  /** @throws ConveneError NOT_FOUND */
  async one(id: string): Promise<ActView> {
    const [row] = await this.database.query<ActRow>(sql`
      SELECT ${ACT_COLUMNS} FROM operator_acts WHERE id = ${id}::uuid`);
    if (!row) throw new ConveneError('NOT_FOUND', `There is no act ${id}`);
    return toActView(row);
  }
}
