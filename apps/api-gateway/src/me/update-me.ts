import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { UserView } from '@convene/contracts/http/auth';
import type { UpdateMeBody } from '@convene/contracts/http/me';
import { PrismaService } from '@convene/prisma/prisma.service';
import { toUserView, USER_VIEW } from '../accounts/user-view';

@Injectable()
export class UpdateMe {
  constructor(private readonly prisma: PrismaService) {}

  /** Absent fields stay unchanged. Past notifications keep the name of their time. */
  async execute(userId: string, { displayName, timeZone }: UpdateMeBody): Promise<UserView> {
    const [user] = await this.prisma.user.updateManyAndReturn({
      where: { id: userId, deletedAt: null },
      data: { ...(displayName !== undefined && { displayName }), ...(timeZone !== undefined && { timeZone }) },
      select: USER_VIEW,
    });
    if (!user) throw new ConveneError('UNAUTHENTICATED');
    return toUserView(user);
  }
}
