import type { Tx } from '@convene/prisma/transaction';

export interface AddressOwner {
  readonly isMember: boolean;
  /** Only a user with a verified address sees the invitations to it. */
  readonly inviteeId: string | null;
}

/** The users of some addresses, as seen from a company; an address without an account is absent. */
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
