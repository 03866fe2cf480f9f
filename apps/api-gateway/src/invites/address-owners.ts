import type { Tx } from '@convene/prisma/transaction';

export interface AddressOwner {
  readonly isMember: boolean;
  /** Only to somebody who has proven the address are its invitations shown. */
  readonly inviteeId: string | null;
}

/** The users behind some addresses, as seen from a company; an address that is nobody's is absent. */
export async function findAddressOwners(
  tx: Tx,
  companyId: string,
  emails: readonly string[],
): Promise<Map<string, AddressOwner>> {
  const users = await tx.user.findMany({
    where: { email: { in: [...emails] }, deletedAt: null },
    select: { id: true, email: true, emailVerifiedAt: true, memberships: { where: { companyId } } },
  });
  return new Map(
    users.map(({ id, email, emailVerifiedAt, memberships }) => [
      email,
      { isMember: memberships.length > 0, inviteeId: emailVerifiedAt ? id : null },
    ]),
  );
}
