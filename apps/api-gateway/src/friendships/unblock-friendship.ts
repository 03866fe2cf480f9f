import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { PrismaService } from '@convene/prisma/prisma.service';

@Injectable()
export class UnblockFriendship {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Lifts a block without an event. A request that was withheld meanwhile stays withheld; its requester may withdraw it and
   * send a new one. @throws ConveneError NOT_FOUND
   */
  async execute(id: string, callerId: string): Promise<void> {
    const { count } = await this.prisma.block.deleteMany({ where: { id, blockerId: callerId } });
    if (count === 0) throw new ConveneError('NOT_FOUND');
  }
}
