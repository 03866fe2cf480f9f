import { ConveneError } from '@convene/contracts/errors';
import type { Tx } from '@convene/prisma/transaction';
import { INVITE_ROW, type InviteRow } from './invite-view';

/** One of a company's own; another company's answers like one that does not exist. @throws ConveneError NOT_FOUND */
export async function findCompanyInvite(tx: Tx, companyId: string, inviteId: string): Promise<InviteRow> {
  const invite = await tx.invite.findFirst({ where: { id: inviteId, companyId }, select: INVITE_ROW });
  if (!invite) throw new ConveneError('NOT_FOUND');
  return invite;
}
