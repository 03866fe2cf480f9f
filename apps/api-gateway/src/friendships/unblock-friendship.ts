import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { PrismaService } from '@convene/prisma/prisma.service';

@Injectable()
export class UnblockFriendship {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Nobody hears of it. A request that was withheld meanwhile stays so: it was not for the blocker to see, and who made it
   * may take it back and ask anew. @throws ConveneError NOT_FOUND
   */
  async execute(id: string, callerId: string): Promise<void> {
    const { count } = await this.prisma.block.deleteMany({ where: { id, blockerId: callerId } });
    if (count === 0) throw new ConveneError('NOT_FOUND');
  }
}
