import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { UserView } from '@convene/contracts/http/auth';
import { PrismaService } from '@convene/prisma/prisma.service';
import { toUserView, USER_VIEW } from '../accounts/user-view';

@Injectable()
export class ReadMe {
  constructor(private readonly prisma: PrismaService) {}

  async execute(userId: string): Promise<UserView> {
    const user = await this.prisma.user.findFirst({ where: { id: userId, deletedAt: null }, select: USER_VIEW });
    if (!user) throw new ConveneError('UNAUTHENTICATED');
    return toUserView(user);
  }
}
