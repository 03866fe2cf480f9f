import { AccountMailRequested } from '@convene/contracts/events/account-mails-requested';
import type { Append } from '@convene/messaging/outbox/append';
import type { Tx } from '@convene/prisma/transaction';

const kind = 'ADDRESS_IN_USE';

/**
 * After a signup with an address that has an account: its owner gets a mail, at most one per hour. Three statements,
 * as many as making an account takes after its insert; the row's lock makes the commit write, mail or not.
 * @returns false when the address has become free meanwhile
 */
export async function reportAddressInUse(tx: Tx, append: Append, email: string): Promise<boolean> {
  const [owner] = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM users WHERE email = ${email} FOR NO KEY UPDATE`;
  if (!owner) return false;
  // By the index of (actor_id, id): which is why the owner is the actor of these, who did nothing.
  const [recent] = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM domain_events
    WHERE actor_id = ${owner.id}::uuid AND id > uuid_v7_floor(now() - interval '1 hour')
      AND type = ${AccountMailRequested.type} AND payload ->> 'kind' = ${kind}
    LIMIT 1`;
  if (recent) await tx.$queryRaw`SELECT 1 AS nothing`;
  else await append(AccountMailRequested, { userId: owner.id, kind }, { actorId: owner.id });
  return true;
}
