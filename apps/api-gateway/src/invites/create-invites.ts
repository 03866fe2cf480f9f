import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { Email } from '@convene/contracts/http/auth';
import type { InviteManyBody, InviteOutcomes } from '@convene/contracts/http/invites';
import { EmailCheck } from '@convene/email-check/email-check';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { Database } from '@convene/prisma/database/database';
import { InviteAddresses, type InviteOutcome } from './invite-addresses';
import { requireInviter } from './require-inviter';

@Injectable()
export class CreateInvites {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly addressCheck: EmailCheck,
    private readonly inviteAddresses: InviteAddresses,
  ) {}

  /**
   * Each address has an outcome of its own, and all that can be invited are, in one transaction.
   * @throws ConveneError NOT_FOUND, FORBIDDEN or EMAIL_NOT_VERIFIED
   */
  async execute(companyId: string, inviterId: string, { emails, role }: InviteManyBody): Promise<InviteOutcomes> {
    await requireInviter(this.database, companyId, inviterId);
    const parsed = emails.map((given) => ({ given, email: Email.safeParse(given).data }));
    const distinct = [...new Set(parsed.flatMap(({ email }) => email ?? []))];
    const verdicts = new Map(
      await Promise.all(distinct.map(async (email) => [email, await this.addressCheck.check(email)] as const)),
    );
    const deliverable = distinct.filter((email) => verdicts.get(email) !== 'undeliverable');
    return this.outbox.transaction(async (tx, append) => {
      const invitation = { companyId, inviterId, role, emails: deliverable };
      const outcomes = await this.inviteAddresses.execute(tx, append, invitation);
      const reported = new Set<string>();
      return {
        outcomes: parsed.map(({ given, email }) => {
          if (email === undefined) return refused(given, new ConveneError('VALIDATION_FAILED', 'No e-mail address'));
          const outcome = outcomes.get(email) ?? new ConveneError('EMAIL_UNDELIVERABLE');
          const repeated = reported.has(email);
          reported.add(email);
          return repeated ? repeat(given, outcome) : present(given, outcome);
        }),
      };
    });
  }
}

type Shown = InviteOutcomes['outcomes'][number];

function present(email: string, outcome: InviteOutcome): Shown {
  return outcome instanceof ConveneError ? refused(email, outcome) : { email, invite: outcome, error: null };
}

/** An address that occurs earlier in the list is invited once. */
function repeat(email: string, outcome: InviteOutcome): Shown {
  if (outcome instanceof ConveneError) return refused(email, outcome);
  return refused(email, new ConveneError('INVITE_ALREADY_PENDING', 'The address is in the list more than once'));
}

function refused(email: string, { code, message: detail }: ConveneError): Shown {
  return { email, invite: null, error: { code, detail } };
}
