import { Injectable } from '@nestjs/common';
import { AccountMailRequested } from '@convene/contracts/events/account-mails-requested';
import { SecurityLog } from '@convene/observability/security-log';
import { newId } from '@convene/prisma/ids';
import { ModelOutbox } from '../models/model-outbox';
import { MailLinks } from './mail-links';

@Injectable()
export class ForgotPassword {
  constructor(
    private readonly outbox: ModelOutbox,
    private readonly links: MailLinks,
    private readonly security: SecurityLog,
  ) {}

  /**
   * Creates a new link and requests its mail. For an address without an account it runs the same statements, on no row, and
   * writes the same event, without a user: the time of the answer reveals nothing. The mailing worker sends no mail then.
   */
  async execute(email: string): Promise<void> {
    await this.outbox.transaction(async (tx, append) => {
      const userId = await this.links.renew(tx, 'RESET_PASSWORD', { email });
      await append(AccountMailRequested, { userId: userId ?? newId(), kind: 'RESET' }, { actorId: null });
    });
    this.security.write({ event: 'password_reset_requested', outcome: 'ok', address: email });
  }
}
