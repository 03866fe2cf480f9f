import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { InviteOneBody, InviteView } from '@convene/contracts/http/invites';
import { EmailCheck } from '@convene/email-check/email-check';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { Database } from '@convene/prisma/database/database';
import { InviteAddresses } from './invite-addresses';
import { requireInviter } from './require-inviter';

@Injectable()
export class CreateInvite {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly addressCheck: EmailCheck,
    private readonly inviteAddresses: InviteAddresses,
  ) {}

  /** @throws ConveneError NOT_FOUND, FORBIDDEN, EMAIL_NOT_VERIFIED, EMAIL_UNDELIVERABLE or what `InviteAddresses` refuses the address for */
  async execute(companyId: string, inviterId: string, { email, role }: InviteOneBody): Promise<InviteView> {
    // Before the transaction, which waits for no other server while it holds the company's lock.
    const verdict = await this.addressCheck.check(email, () => requireInviter(this.database, companyId, inviterId));
    return this.outbox.transaction(async (tx, append) => {
      const emails = verdict === 'undeliverable' ? [] : [email];
      const invitation = { companyId, inviterId, role, emails };
      const outcomes = await this.inviteAddresses.execute(tx, append, invitation);
      if (emails.length === 0) throw new ConveneError('EMAIL_UNDELIVERABLE');
      const outcome = outcomes.get(email);
      // Thrown in the transaction: a refusal changes nothing.
      if (!outcome || outcome instanceof ConveneError) throw outcome ?? new ConveneError('INTERNAL');
      return outcome;
    });
  }
}
