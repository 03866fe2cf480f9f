import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { UserView } from '@convene/contracts/http/auth';
import { PrismaService } from '@convene/prisma/prisma.service';
import { inTransaction, sqlIn } from '@convene/prisma/transaction';
import { toUserView, USER_VIEW } from '../accounts/user-view';
import { requireMembership } from '../memberships/membership';

@Injectable()
export class SetActiveCompany {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Under the lock of the company: a removal comes before, and it is refused, or after, and takes it back. A stranger
   * locks nothing and does not wait. @throws ConveneError NOT_FOUND for a company that the caller is not in
   */
  async execute(userId: string, activeCompanyId: string | null): Promise<UserView> {
    return inTransaction(this.prisma, async (tx) => {
      if (activeCompanyId !== null) {
        await tx.$queryRaw`
          SELECT 1 AS locked FROM companies c JOIN memberships m ON m.company_id = c.id
          WHERE c.id = ${activeCompanyId}::uuid AND m.user_id = ${userId}::uuid FOR SHARE OF c`;
        await requireMembership(sqlIn(tx), activeCompanyId, userId);
      }
      const [user] = await tx.user.updateManyAndReturn({
        where: { id: userId, deletedAt: null },
        data: { activeCompanyId },
        select: USER_VIEW,
      });
      if (!user) throw new ConveneError('UNAUTHENTICATED');
      return toUserView(user);
    });
  }
}
