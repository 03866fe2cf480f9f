import { Injectable } from '@nestjs/common';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { UserReads } from '../inbox/user-reads';

/** Which of the asked users are members of a company, as of one membership version. */
export interface Members {
  readonly version: number;
  readonly userIds: ReadonlySet<string>;
}

/** Re-reads the memberships of one company: the cost of a membership change in a large company for a node. */
@Injectable()
export class MemberReader {
  constructor(
    private readonly database: Database,
    private readonly reads: UserReads,
  ) {}

  /** The users of whom nothing is being read, and the others: a read that hangs holds up the others only. */
  groups<User extends { readonly id: string }>(users: readonly User[]): User[][] {
    const isBusy = ({ id }: User) => this.reads.isBusy(id);
    const groups = [users.filter((user) => !isBusy(user)), users.filter(isBusy)];
    return groups.filter((group) => group.length > 0);
  }

  /** The caller applies the result before it awaits anything. Undefined when the company is deleted, and with it all memberships. */
  read(companyId: string, userIds: readonly string[]): Promise<Members | undefined> {
    return this.reads.inOrder(userIds, () =>
      this.reads.lane(() => this.reads.statement(() => this.query(companyId, userIds))),
    );
  }

  private async query(companyId: string, userIds: readonly string[]): Promise<Members | undefined> {
    const rows = await this.database.query<{ version: number; userId: string | null }>(sql`
      SELECT company.membership_version AS version, member.user_id AS "userId"
      FROM companies company
      LEFT JOIN memberships member ON member.company_id = company.id AND member.user_id = ANY (${userIds}::uuid[])
      WHERE company.id = ${companyId}::uuid AND company.deleted_at IS NULL`);
    const [first] = rows;
    if (!first) return undefined;
    return { version: first.version, userIds: new Set(rows.flatMap(({ userId }) => userId ?? [])) };
  }
}
