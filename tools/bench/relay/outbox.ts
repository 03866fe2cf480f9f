import { Client } from 'pg';
import { newId } from '@convene/prisma/ids';
import type { Undo } from '../../dev/terminal';

const TYPE = 'invites.created';

/** Commits `count` pending events in one transaction, as if as many requests had been made while no relay ran. */
export type InsertPending = (count: number) => Promise<void>;

export async function pendingRowsIn(databaseUrl: string, undo: Undo): Promise<InsertPending> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  undo.push(() => client.end());
  const [companyId, inviterId] = [newId(), newId()];
  const payload = {
    inviteId: newId(),
    companyId,
    companyName: 'Simulated',
    inviterId,
    inviterName: 'One of many',
    role: 'MEMBER',
    inviteeId: newId(),
  };
  return async (count) => {
    await client.query(
      `INSERT INTO domain_events (id, type, payload, actor_id, company_id, membership_version)
       SELECT next_event_id(position), $2, $3, $4, $5, 1 FROM generate_series(1, $1::int) AS position`,
      [count, TYPE, payload, inviterId, companyId],
    );
  };
}
