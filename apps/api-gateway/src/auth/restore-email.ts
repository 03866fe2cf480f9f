import { Injectable } from '@nestjs/common';
import { Passwords } from '@convene/auth/passwords';
import { ConveneError } from '@convene/contracts/errors';
import { SecurityMailRequested } from '@convene/contracts/events/security-mails-requested';
import type { RestoreEmailBody } from '@convene/contracts/http/auth';
import { SecurityLog } from '@convene/observability/security-log';
import { isUniqueViolation } from '@convene/prisma/database/database-errors';
import { ModelOutbox } from '../models/model-outbox';
import { ADDRESS_CHANGED, endSessions } from './end-sessions';
import { FormerAddresses } from './former-addresses';
import { MailLinks } from './mail-links';
import { PasswordRules } from './password-rules';
import { RevokeSessions } from './revoke-sessions';

@Injectable()
export class RestoreEmail {
  constructor(
    private readonly outbox: ModelOutbox,
    private readonly former: FormerAddresses,
    private readonly links: MailLinks,
    private readonly passwords: Passwords,
    private readonly revokeSessions: RevokeSessions,
    private readonly rules: PasswordRules,
    private readonly security: SecurityLog,
  ) {}

  /**
   * Returns the account to the owner of the former address. All other access ends: sessions, links, the password, and the
   * restore links of later changes.
   * @throws ConveneError TOKEN_INVALID; EMAIL_IN_USE and PASSWORD_EASY_TO_GUESS, which leave the token good
   */
  async execute({ token, password }: RestoreEmailBody): Promise<void> {
    const id = this.former.idOf(token);
    const passwordHash = await this.passwords.hash(password);
    let owner = '';
    let ended: string[] = [];
    const restored = this.outbox.transaction(async (tx, append) => {
      const { userId, email, currentEmail } = await this.former.take(tx, id);
      if (email !== currentEmail) await this.former.replace(tx, append, userId, email, { restorable: false });
      await this.rules.checkOf(tx, userId, password);
      await tx.user.update({ where: { id: userId }, data: { passwordHash }, select: { id: true } });
      await this.links.end(tx, userId);
      owner = userId;
      ended = await endSessions(tx, append, userId, 'all', ADDRESS_CHANGED);
      await append(SecurityMailRequested, { userId, kind: 'PASSWORD_CHANGED' }, { actorId: userId });
    });
    await restored.catch((error: unknown) => {
      throw isUniqueViolation(error, 'users_email_key') ? new ConveneError('EMAIL_IN_USE') : error;
    });
    this.security.write({ event: 'email_restored', outcome: 'ok', userId: owner });
    await this.revokeSessions.publish(owner, ended);
  }
}
