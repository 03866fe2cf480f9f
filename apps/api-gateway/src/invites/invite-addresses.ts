import { Inject, Injectable } from '@nestjs/common';
import { DerivedTokens, hashToken } from '@convene/auth/derived-token';
import { ConveneError } from '@convene/contracts/errors';
import { InvitationMailRequested } from '@convene/contracts/events/invitation-mails-requested';
import { InviteCreated } from '@convene/contracts/events/invites-created';
import type { InviteView } from '@convene/contracts/http/invites';
import { decideReinvite, inviteExpiry } from '@convene/domain/invite';
import type { Role } from '@convene/domain/role';
import { type Append, type NewEvent, newEvent } from '@convene/messaging/outbox/append';
import type { Transaction } from '@convene/prisma/database/transaction';
import { newId } from '@convene/prisma/ids';
import { ENV, type Env } from '../env';
import { toInviteView } from './invite-view';
import { type InvitedAddress, readInvitedAddresses } from './invited-addresses';
import { expireOverdueInvites } from './pending-invites';
import { insertInvites, type InviteTerms, type NewInvite } from './read-invites';
import { lockAsInviter } from './require-inviter';
import { tooSoon } from './too-soon';

export type InviteOutcome = InviteView | ConveneError;

export interface InvitationRequest {
  readonly companyId: string;
  readonly inviterId: string;
  readonly role: Role;
  /** Each once. */
  readonly emails: readonly string[];
}

/** Inviting one address or many, under the company's lock: limits and "one pending per address" hold in any race. */
@Injectable()
export class InviteAddresses {
  constructor(
    private readonly tokens: DerivedTokens,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /** @returns what became of each address. @throws ConveneError NOT_FOUND, FORBIDDEN or EMAIL_NOT_VERIFIED */
  async execute(tx: Transaction, append: Append, invitation: InvitationRequest): Promise<Map<string, InviteOutcome>> {
    const { companyId, inviterId, role, emails } = invitation;
    const [{ company }, found] = await Promise.all([
      lockAsInviter(tx, companyId, inviterId, role),
      readInvitedAddresses(tx, companyId, inviterId, emails),
    ]);
    if (!found.inviter.isVerified) throw new ConveneError('EMAIL_NOT_VERIFIED');
    const overdue = found.addresses.filter(({ isOverdue }) => isOverdue).map(({ email }) => email);
    if (overdue.length > 0) await expireOverdueInvites(tx, append, company, overdue, found.now);
    const addresses = new Map(found.addresses.map((address) => [address.email, address]));
    const rows = new Map(found.addresses.map(({ email, last }) => [email, mailsTo(last, found.now)]));
    const refusals = this.refusals(emails, addresses, rows, found.pending);
    const invites = emails
      .filter((email) => !refusals.has(email))
      .map((email) => this.newInvite(email, rows.get(email)?.sends ?? 1));
    const terms: InviteTerms = {
      company,
      inviter: { id: inviterId, displayName: found.inviter.displayName },
      role,
      createdAt: found.now,
      expiresAt: inviteExpiry(found.now, this.env.INVITE_TTL_DAYS),
    };
    if (invites.length > 0) insertInvites(tx, terms, invites);
    await append.all(invites.flatMap(({ id, email }) => newsOf(id, terms, addresses.get(email)?.inviteeId ?? null)));
    return new Map<string, InviteOutcome>([
      ...refusals,
      ...invites.map(({ id, email }): [string, InviteOutcome] => [
        email,
        toInviteView({ id, email, status: 'PENDING', ...terms }),
      ]),
    ]);
  }

  /** The addresses that are not invited, with the reason. Places go to addresses in the given order. */
  private refusals(
    emails: readonly string[],
    addresses: ReadonlyMap<string, InvitedAddress>,
    rows: ReadonlyMap<string, MailRow>,
    pending: number,
  ): Map<string, ConveneError> {
    let places = this.env.MAX_PENDING_INVITES_PER_COMPANY - pending;
    const refusals = new Map<string, ConveneError>();
    for (const email of emails) {
      const address = addresses.get(email);
      if (address?.isMember) refusals.set(email, new ConveneError('ALREADY_MEMBER'));
      else if (address?.isPending && !address.isOverdue)
        refusals.set(email, new ConveneError('INVITE_ALREADY_PENDING'));
      else if ((rows.get(email)?.waitMs ?? 0) > 0) refusals.set(email, tooSoon(rows.get(email)?.waitMs ?? 0));
      else if (--places < 0) refusals.set(email, new ConveneError('INVITE_LIMIT_REACHED'));
    }
    return refusals;
  }

  private newInvite(email: string, sends: number): NewInvite {
    const id = newId();
    return { id, email, sends, tokenHash: hashToken(this.tokens.derive('invite', id, 0)) };
  }
}

type MailRow = ReturnType<typeof decideReinvite>;

function mailsTo(last: InvitedAddress['last'], now: Date): MailRow {
  return decideReinvite(last ? { sends: last.sends, sentAt: new Date(now.getTime() - last.agoMs) } : undefined, now);
}

function newsOf(inviteId: string, { company, inviter, role }: InviteTerms, inviteeId: string | null): NewEvent[] {
  const created = {
    inviteId,
    companyId: company.id,
    companyName: company.name,
    inviterId: inviter.id,
    inviterName: inviter.displayName,
    role,
    inviteeId,
  };
  return [
    newEvent(InviteCreated, created, { actorId: inviter.id, companyId: company.id }),
    newEvent(InvitationMailRequested, { inviteId }, { actorId: inviter.id }),
  ];
}
