import { Injectable } from '@nestjs/common';
import { AccountMailRequested } from '@convene/contracts/events/account-mails-requested';
import { SecurityMailRequested } from '@convene/contracts/events/security-mails-requested';
import type { ChangeEmailBody } from '@convene/contracts/http/me';
import { EmailCheck } from '@convene/email-check/email-check';
import { newEvent } from '@convene/messaging/outbox/append';
import { SecurityLog } from '@convene/observability/security-log';
import { MailLinks } from '../auth/mail-links';
import { requireDeliverable } from '../auth/require-deliverable';
import { lockAccount, RequirePassword } from '../auth/require-password';
import { ModelOutbox } from '../models/model-outbox';

@Injectable()
export class ChangeEmail {
  constructor(
    private readonly outbox: ModelOutbox,
    private readonly links: MailLinks,
    private readonly emails: EmailCheck,
    private readonly requirePassword: RequirePassword,
    private readonly security: SecurityLog,
  ) {}

  /**
   * Requests a mail to the new address and one to the present address; nothing changes before the link is followed. It does
   * not check whether another account has the address, so that the answer reveals nothing. @throws ConveneError PASSWORD_WRONG, EMAIL_UNDELIVERABLE
   */
  async execute(userId: string, { email, password }: ChangeEmailBody): Promise<void> {
    const verified = await this.requirePassword.execute(userId, password);
    await requireDeliverable(this.emails, email);
    await this.outbox.transaction(async (tx, append) => {
      await lockAccount(tx, userId, verified);
      await this.links.renew(tx, 'CHANGE_EMAIL', { userId }, email);
      await append.all([
        newEvent(AccountMailRequested, { userId, kind: 'CHANGE' }, { actorId: userId }),
        newEvent(SecurityMailRequested, { userId, kind: 'ADDRESS_CHANGE_REQUESTED' }, { actorId: userId }),
      ]);
    });
    this.security.write({ event: 'email_change_requested', outcome: 'ok', userId, address: email });
  }
}
