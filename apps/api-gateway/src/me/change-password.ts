import type { Principal } from '@convene/auth/access-token-verifier';
import { Passwords } from '@convene/auth/passwords';
import type { ChangePasswordBody } from '@convene/contracts/http/me';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { Injectable } from '@nestjs/common';
import { endSessions, PASSWORD_CHANGED } from '../auth/end-sessions';
import { RevokeSessions } from '../auth/revoke-sessions';
import { lockAccount, RequirePassword } from './require-password';

@Injectable()
export class ChangePassword {
  constructor(
    private readonly outbox: Outbox,
    private readonly passwords: Passwords,
    private readonly requirePassword: RequirePassword,
    private readonly revokeSessions: RevokeSessions,
  ) {}

  /** All other sessions end, and so does a link that would reset it. @throws ConveneError PASSWORD_WRONG */
  async execute({ userId, sessionId }: Principal, { currentPassword, newPassword }: ChangePasswordBody): Promise<void> {
    const verified = await this.requirePassword.execute(userId, currentPassword);
    const passwordHash = await this.passwords.hash(newPassword);
    let ended: string[] = [];
    await this.outbox.transaction(async (tx, append) => {
      await lockAccount(tx, userId, verified);
      await tx.user.update({ where: { id: userId }, data: { passwordHash }, select: { id: true } });
      await tx.mailToken.deleteMany({ where: { userId, purpose: 'RESET_PASSWORD' } });
      ended = await endSessions(tx, append, userId, { except: sessionId }, PASSWORD_CHANGED);
    });
    await this.revokeSessions.tell(userId, ended);
  }
}
