import { Injectable } from '@nestjs/common';
import { AccountMailRequested } from '@convene/contracts/events/account-mails-requested';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { SecurityLog } from '@convene/observability/security-log';
import { newId } from '@convene/prisma/ids';
import { MailLinks } from './mail-links';

@Injectable()
export class ForgotPassword {
  constructor(
    private readonly outbox: Outbox,
    private readonly links: MailLinks,
    private readonly security: SecurityLog,
  ) {}

  /**
   * A new link, and the mail that carries it. For an address without an account the same statements, on no row, and the
   * same event, for nobody: there is nothing to be measured. Who finds out is the mailing worker.
   */
  async execute(email: string): Promise<void> {
    await this.outbox.transaction(async (tx, append) => {
      const userId = await this.links.renew(tx, 'RESET_PASSWORD', { email });
      await append(AccountMailRequested, { userId: userId ?? newId(), kind: 'RESET' }, { actorId: null });
    });
    this.security.write({ event: 'password_reset_requested', outcome: 'ok', address: email });
  }
}
