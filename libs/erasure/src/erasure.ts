import { Injectable } from '@nestjs/common';
import { PrismaService } from '@convene/prisma/prisma.service';
import { inTransaction } from '@convene/prisma/transaction';
import { eraseNames } from './erase-names';
import { removeBelongings } from './remove-belongings';
import { removeInbox } from './remove-inbox';

/** What remains to be done after an account was deleted, and takes as long as its history is. */
@Injectable()
export class Erasure {
  constructor(private readonly prisma: PrismaService) {}

  /** Safe to repeat, and to interrupt. Of an account that is not deleted it touches nothing. */
  async execute(userId: string): Promise<void> {
    const user = await this.prisma.user.findUnique({ where: { id: userId }, select: { deletedAt: true } });
    if (!user?.deletedAt) return;
    await eraseNames(this.prisma, userId);
    await removeInbox(this.prisma, userId);
    // Once more: a request of theirs may have been under way.
    await inTransaction(this.prisma, (tx) => removeBelongings(tx, userId));
  }
}
