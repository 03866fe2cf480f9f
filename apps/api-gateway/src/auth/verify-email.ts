import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ConveneError } from '@convene/contracts/errors';
import type { UserView, VerifyEmailBody } from '@convene/contracts/http/auth';
import { SecurityLog } from '@convene/observability/security-log';
import { isUniqueViolation } from '@convene/prisma/database/database-errors';
import { PrismaService } from '@convene/prisma/prisma.service';
import { toUserView, USER_VIEW } from '../accounts/user-view';
import { ModelOutbox } from '../models/model-outbox';
import { ADDRESS_CHANGED, endSessions } from './end-sessions';
import { FormerAddresses } from './former-addresses';
import { MailLinks } from './mail-links';
import { ProveOwner, requireOwner } from './prove-owner';
import { RevokeSessions } from './revoke-sessions';

@Injectable()
export class VerifyEmail {
  constructor(
    private readonly prisma: PrismaService,
    private readonly outbox: ModelOutbox,
    private readonly links: MailLinks,
    private readonly proveOwner: ProveOwner,
    private readonly former: FormerAddresses,
    private readonly revokeSessions: RevokeSessions,
    private readonly security: SecurityLog,
  ) {}

  /**
   * The token proves access to the mailbox: of the account, or of its new address. The same link yields the same answer
   * again, until it expires or a newer one replaces it. A new address ends whatever else leads into the
   * account: other sessions and other links.
   * @throws ConveneError TOKEN_INVALID, also when another account has the new address by now; and as `ProveOwner`
   */
  async execute({ token, password }: VerifyEmailBody, headers: FastifyRequest['headers']): Promise<UserView> {
    const purpose = this.links.purposeOf(token, ['VERIFY_EMAIL', 'CHANGE_EMAIL']);
    const { userId } = await this.links.read(this.prisma, purpose, token);
    const proof = await this.proveOwner.execute(userId, password, headers);
    let ended: string[] = [];
    const verified = this.outbox.transaction(async (tx, append) => {
      const { email, currentEmail, used } = await this.links.follow(tx, purpose, token);
      await requireOwner(tx, userId, proof);
      if (email === currentEmail) {
        await tx.user.updateMany({
          where: { id: userId, emailVerifiedAt: null },
          data: { emailVerifiedAt: new Date() },
        });
      } else {
        if (purpose !== 'CHANGE_EMAIL' || used) throw new ConveneError('TOKEN_INVALID');
        await this.former.replace(tx, append, userId, email, { restorable: true });
        await this.links.end(tx, userId, { except: purpose });
        const which = proof.sessionId === undefined ? 'all' : { except: proof.sessionId };
        ended = await endSessions(tx, append, userId, which, ADDRESS_CHANGED);
      }
      return toUserView(await tx.user.findUniqueOrThrow({ where: { id: userId }, select: USER_VIEW }));
    });
    const view = await verified.catch((error: unknown) => {
      throw isUniqueViolation(error, 'users_email_key') ? new ConveneError('TOKEN_INVALID') : error;
    });
    await this.revokeSessions.publish(userId, ended);
    const { email: address } = view;
    this.security.write({ event: 'email_verified', outcome: 'ok', userId, address, reason: purpose.toLowerCase() });
    return view;
  }
}
