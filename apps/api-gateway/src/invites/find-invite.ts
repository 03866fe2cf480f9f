import { DerivedTokens, matchesHash } from '@convene/auth/derived-token';
import { ConveneError } from '@convene/contracts/errors';
import { isUuid } from '@convene/http/id-param';
import type { Tx } from '@convene/prisma/transaction';
import { Injectable } from '@nestjs/common';
import { INVITE_ROW, type InviteRow } from './invite-view';

export interface FoundInvite {
  readonly invite: InviteRow;
  /** By token, which whoever has it received in the invited mailbox; or by id, which proves nothing. */
  readonly by: 'token' | 'id';
}

/** The people an invite is shown to are told by `forInvitee`; here it is only found. */
@Injectable()
export class FindInvite {
  constructor(private readonly tokens: DerivedTokens) {}

  /** @throws ConveneError NOT_FOUND, or TOKEN_INVALID for a token that a newer one has replaced */
  async execute(tx: Pick<Tx, 'invite'>, tokenOrId: string): Promise<FoundInvite> {
    if (isUuid(tokenOrId)) return { by: 'id', invite: await read(tx, tokenOrId) };
    const ref = this.tokens.open('invite', tokenOrId);
    if (!ref) throw new ConveneError('NOT_FOUND');
    const invite = await read(tx, ref.id);
    if (invite.rotation !== ref.rotation || !matchesHash(tokenOrId, invite.tokenHash)) {
      throw new ConveneError('TOKEN_INVALID');
    }
    return { by: 'token', invite };
  }
}

async function read(tx: Pick<Tx, 'invite'>, id: string): Promise<InviteRow> {
  const invite = await tx.invite.findFirst({ where: { id, company: { deletedAt: null } }, select: INVITE_ROW });
  if (!invite) throw new ConveneError('NOT_FOUND');
  return invite;
}

/**
 * An invite may be answered by the owner of its address: by token, which proves it, or by id, once it is verified.
 * @throws ConveneError INVITE_EMAIL_MISMATCH, EMAIL_NOT_VERIFIED or NOT_FOUND
 */
export function requireInvitee(
  { invite, by }: FoundInvite,
  user: { email: string; emailVerifiedAt: Date | null },
): void {
  const mine = invite.email === user.email;
  if (by === 'token') {
    if (!mine) throw new ConveneError('INVITE_EMAIL_MISMATCH');
    return;
  }
  if (!mine) throw new ConveneError('NOT_FOUND');
  if (!user.emailVerifiedAt) throw new ConveneError('EMAIL_NOT_VERIFIED');
}
