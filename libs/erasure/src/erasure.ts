import { Injectable } from '@nestjs/common';
import { removeInbox } from '@convene/inbox/remove-inbox';
import { PrismaService } from '@convene/prisma/prisma.service';
import { inTransaction } from '@convene/prisma/transaction';
import { eraseNames } from './erase-names';
import { removeBelongings } from './remove-belongings';

/** The part of an account's deletion whose duration depends on the length of its history. */
@Injectable()
export class Erasure {
  constructor(private readonly prisma: PrismaService) {}

  /** Safe to repeat, and to interrupt. Does nothing for an account that is not deleted. */
  async execute(userId: string): Promise<void> {
    const user = await this.prisma.user.findUnique({ where: { id: userId }, select: { deletedAt: true } });
    if (!user?.deletedAt) return;
    await eraseNames(this.prisma, userId);
    await removeInbox(this.prisma, userId);
    // Again: a request of the user may have committed after the deletion.
    await inTransaction(this.prisma, (tx) => removeBelongings(tx, userId));
  }
}
