import { Injectable } from '@nestjs/common';
import { DerivedTokens, matchesHash } from '@convene/auth/derived-token';
import { ConveneError } from '@convene/contracts/errors';
import { isUuid } from '@convene/http/uuid';
import type { Queryable } from '@convene/prisma/database/queryable';
import type { InviteRow } from './invite-view';
import { readInvite } from './read-invites';

export interface FoundInvite {
  readonly invite: InviteRow;
  /** By token, which proves access to the invited mailbox, or by id, which proves nothing. */
  readonly by: 'token' | 'id';
}

/** Only finds the invite; `forInvitee` decides who may see it. */
@Injectable()
export class FindInvite {
  constructor(private readonly tokens: DerivedTokens) {}

  /** The id of the invite that a path names. @throws ConveneError NOT_FOUND for what is neither an id nor a token of ours */
  idOf(tokenOrId: string): string {
    if (isUuid(tokenOrId)) return tokenOrId;
    const ref = this.tokens.open('invite', tokenOrId);
    if (!ref) throw new ConveneError('NOT_FOUND');
    return ref.id;
  }

  /**
   * @param options.lock Keeps the invite as it is until the commit.
   * @throws ConveneError NOT_FOUND, or TOKEN_INVALID for a token that a newer one has replaced
   */
  async execute(tx: Queryable, tokenOrId: string, { lock = false } = {}): Promise<FoundInvite> {
    if (isUuid(tokenOrId)) return { by: 'id', invite: await requireInvite(tx, tokenOrId, lock) };
    const ref = this.tokens.open('invite', tokenOrId);
    if (!ref) throw new ConveneError('NOT_FOUND');
    const invite = await requireInvite(tx, ref.id, lock);
    if (invite.rotation !== ref.rotation || !matchesHash(tokenOrId, invite.tokenHash)) {
      throw new ConveneError('TOKEN_INVALID');
    }
    return { by: 'token', invite };
  }
}

async function requireInvite(tx: Queryable, id: string, lock: boolean): Promise<InviteRow> {
  const invite = await readInvite(tx, id, { lock });
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
