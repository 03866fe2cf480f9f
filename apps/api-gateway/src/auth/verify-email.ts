import { DerivedTokens, matchesHash } from '@convene/auth/derived-token';
import { ConveneError } from '@convene/contracts/errors';
import type { UserView } from '@convene/contracts/http/auth';
import { PrismaService } from '@convene/prisma/prisma.service';
import { inTransaction } from '@convene/prisma/transaction';
import { Injectable } from '@nestjs/common';
import { toUserView, USER_VIEW } from '../me/user-view';

@Injectable()
export class VerifyEmail {
  constructor(
    private readonly prisma: PrismaService,
    private readonly tokens: DerivedTokens,
  ) {}

  /**
   * Whoever has the token has the mailbox. Following the same link twice says the same twice, until it expires or a
   * newer one replaces it. @throws ConveneError TOKEN_INVALID
   */
  async execute(token: string): Promise<UserView> {
    const ref = this.tokens.open('verify_email', token);
    if (!ref) throw new ConveneError('TOKEN_INVALID');
    return inTransaction(this.prisma, async (tx) => {
      const now = new Date();
      const [link] = await tx.mailToken.updateManyAndReturn({
        where: { id: ref.id, rotation: ref.rotation, purpose: 'VERIFY_EMAIL', expiresAt: { gt: now } },
        data: { usedAt: now },
        select: { userId: true, email: true, tokenHash: true },
      });
      if (!link || !matchesHash(token, link.tokenHash)) throw new ConveneError('TOKEN_INVALID');
      const { userId: id, email } = link;
      await tx.user.updateMany({ where: { id, email, emailVerifiedAt: null }, data: { emailVerifiedAt: now } });
      const user = await tx.user.findFirst({ where: { id, email, deletedAt: null }, select: USER_VIEW });
      if (!user) throw new ConveneError('TOKEN_INVALID');
      return toUserView(user);
    });
  }
}
