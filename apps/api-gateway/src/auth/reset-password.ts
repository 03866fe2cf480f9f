import { Injectable } from '@nestjs/common';
import { Passwords } from '@convene/auth/passwords';
import { ConveneError } from '@convene/contracts/errors';
import { SecurityMailRequested } from '@convene/contracts/events/security-mails-requested';
import { SecurityLog } from '@convene/observability/security-log';
import { ModelOutbox } from '../models/model-outbox';
import { endSessions, PASSWORD_CHANGED } from './end-sessions';
import { MailLinks } from './mail-links';
import { PasswordRules } from './password-rules';
import { RevokeSessions } from './revoke-sessions';

const PURPOSE = 'RESET_PASSWORD';

@Injectable()
export class ResetPassword {
  constructor(
    private readonly outbox: ModelOutbox,
    private readonly links: MailLinks,
    private readonly passwords: Passwords,
    private readonly revokeSessions: RevokeSessions,
    private readonly rules: PasswordRules,
    private readonly security: SecurityLog,
  ) {}

  /**
   * The token proves access to the mailbox, so the address becomes verified. All sessions and all other links end, and the
   * address gets a mail. A token is valid once.
   * @returns the user. @throws ConveneError TOKEN_INVALID, also when the address is not the account's any more
   */
  async execute(token: string, password: string): Promise<string> {
    this.links.purposeOf(token, [PURPOSE]);
    const passwordHash = await this.passwords.hash(password);
    let owner = '';
    let ended: string[] = [];
    await this.outbox.transaction(async (tx, append) => {
      const { userId, used, email, currentEmail } = await this.links.follow(tx, PURPOSE, token);
      if (used || email !== currentEmail) throw new ConveneError('TOKEN_INVALID');
      await this.rules.checkOf(tx, userId, password);
      await tx.$executeRaw`
        UPDATE users SET password_hash = ${passwordHash}, email_verified_at = coalesce(email_verified_at, now())
        WHERE id = ${userId}::uuid`;
      await this.links.end(tx, userId);
      owner = userId;
      ended = await endSessions(tx, append, userId, 'all', PASSWORD_CHANGED);
      await append(SecurityMailRequested, { userId, kind: 'PASSWORD_CHANGED' }, { actorId: userId });
    });
    this.security.write({ event: 'password_reset', outcome: 'ok', userId: owner });
    await this.revokeSessions.publish(owner, ended);
    return owner;
  }
}
