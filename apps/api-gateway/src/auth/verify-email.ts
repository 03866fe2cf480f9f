import { ConveneError } from '@convene/contracts/errors';
import type { UserView } from '@convene/contracts/http/auth';
import { isUniqueViolation } from '@convene/prisma/database-errors';
import { PrismaService } from '@convene/prisma/prisma.service';
import { inTransaction, type Tx } from '@convene/prisma/transaction';
import { Injectable } from '@nestjs/common';
import { toUserView, USER_VIEW } from '../me/user-view';
import { MailLinks, type FollowedLink } from './mail-links';

@Injectable()
export class VerifyEmail {
  constructor(
    private readonly prisma: PrismaService,
    private readonly links: MailLinks,
  ) {}

  /**
   * Whoever has the token has the mailbox: that of the account, or the one it is to have. Following the same link twice
   * says the same twice, until it expires or a newer one replaces it.
   * @throws ConveneError TOKEN_INVALID, also when somebody else has the new address by now
   */
  async execute(token: string): Promise<UserView> {
    const purpose = this.links.purposeOf(token, ['VERIFY_EMAIL', 'CHANGE_EMAIL']);
    return inTransaction(this.prisma, async (tx) => {
      const link = await this.links.follow(tx, purpose, token);
      const { userId: id, email, currentEmail } = link;
      if (purpose === 'CHANGE_EMAIL' && !link.used) await changeAddress(tx, link);
      else if (email !== currentEmail) throw new ConveneError('TOKEN_INVALID');
      await tx.user.updateMany({ where: { id, emailVerifiedAt: null }, data: { emailVerifiedAt: new Date() } });
      return toUserView(await tx.user.findUniqueOrThrow({ where: { id }, select: USER_VIEW }));
    }).catch((error: unknown) => {
      throw isUniqueViolation(error, 'users_email_key') ? new ConveneError('TOKEN_INVALID') : error;
    });
  }
}

/** The links that went to the old address end with it. */
async function changeAddress(tx: Tx, { userId, email }: FollowedLink): Promise<void> {
  await tx.user.update({ where: { id: userId }, data: { email, emailVerifiedAt: new Date() }, select: { id: true } });
  await tx.mailToken.deleteMany({ where: { userId, purpose: { not: 'CHANGE_EMAIL' } } });
}
