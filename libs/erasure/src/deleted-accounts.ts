import { Injectable } from '@nestjs/common';
import { PrismaService } from '@convene/prisma/prisma.service';

@Injectable()
export class DeletedAccounts {
  constructor(private readonly prisma: PrismaService) {}

  /** Those of the users whose account was deleted. */
  async among(userIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.prisma.$queryRaw<{ id: string }[]>`
      SELECT id FROM users WHERE id = ANY(${userIds}::uuid[]) AND deleted_at IS NOT NULL`;
    return new Set(rows.map(({ id }) => id));
  }
}
