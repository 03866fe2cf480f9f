import { Injectable } from '@nestjs/common';
import type { Principal } from '@convene/auth/access-token-verifier';
import { Passwords } from '@convene/auth/passwords';
import { SecurityMailRequested } from '@convene/contracts/events/security-mails-requested';
import type { ChangePasswordBody } from '@convene/contracts/http/me';
import { SecurityLog } from '@convene/observability/security-log';
import { endSessions, PASSWORD_CHANGED } from '../auth/end-sessions';
import { MailLinks } from '../auth/mail-links';
import { PasswordRules } from '../auth/password-rules';
import { lockAccount, RequirePassword } from '../auth/require-password';
import { RevokeSessions } from '../auth/revoke-sessions';
import { ModelOutbox } from '../models/model-outbox';

@Injectable()
export class ChangePassword {
  constructor(
    private readonly outbox: ModelOutbox,
    private readonly links: MailLinks,
    private readonly passwords: Passwords,
    private readonly requirePassword: RequirePassword,
    private readonly revokeSessions: RevokeSessions,
    private readonly rules: PasswordRules,
    private readonly security: SecurityLog,
  ) {}

  /** Ends all other sessions and every link in a mail, and sends a mail to the address. @throws ConveneError PASSWORD_WRONG */
  async execute({ userId, sessionId }: Principal, { currentPassword, newPassword }: ChangePasswordBody): Promise<void> {
    const verified = await this.requirePassword.execute(userId, currentPassword);
    const passwordHash = await this.passwords.hash(newPassword);
    let ended: string[] = [];
    await this.outbox.transaction(async (tx, append) => {
      await lockAccount(tx, userId, verified);
      await this.rules.checkOf(tx, userId, newPassword, 'newPassword');
      await tx.user.update({ where: { id: userId }, data: { passwordHash }, select: { id: true } });
      await this.links.end(tx, userId);
      ended = await endSessions(tx, append, userId, { except: sessionId }, PASSWORD_CHANGED);
      await append(SecurityMailRequested, { userId, kind: 'PASSWORD_CHANGED' }, { actorId: userId });
    });
    this.security.write({ event: 'password_changed', outcome: 'ok', userId, sessionId });
    await this.revokeSessions.publish(userId, ended);
  }
}
