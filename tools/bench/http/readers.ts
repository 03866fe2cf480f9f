import { newId } from '@convene/prisma/ids';
import { InboxRows, type TestPerson } from '@convene/testing/inbox-rows';
import { tokenSigner } from '../../simulated-users/token-signer';

const READERS = 20;
const INBOX = 500;
const PENDING_INVITES = 30;
const MEMBERS = 300;
const TOKEN_TTL_S = 3_600;

export interface Reader {
  readonly token: string;
  /** One of many members. */
  readonly companyId: string;
}

/** Inserts users with an inbox, open invites, and a company with many members that all of them belong to. */
export async function insertReaders(databaseUrl: string, jwtPrivateKey: string): Promise<Reader[]> {
  const signer = tokenSigner(jwtPrivateKey, TOKEN_TTL_S);
  const rows = await InboxRows.connect(databaseUrl);
  try {
    const members = await rows.users(MEMBERS);
    const companyId = await rows.company(...members);
    const people = members.slice(0, READERS);
    for (const person of people) await rows.notificationsAtOnce(person, INBOX);
    await insertInvites(rows, people, members.at(-1) as TestPerson);
    await rows.query('ANALYZE');
    return await Promise.all(
      people.map(async ({ id, sessionId }) => ({ token: (await signer.sign(id, sessionId)).token, companyId })),
    );
  } finally {
    await rows.end();
  }
}

async function insertInvites(rows: InboxRows, invitees: readonly TestPerson[], inviter: TestPerson): Promise<void> {
  for (let nth = 0; nth < PENDING_INVITES; nth++) {
    const companyId = await rows.company(inviter);
    await rows.query(
      `INSERT INTO invites (id, company_id, email, role, inviter_id, token_hash, expires_at)
       SELECT id, $1, email, 'MEMBER', $2, id::text, now() + interval '7 days' FROM unnest($3::uuid[], $4::text[]) AS i (id, email)`,
      [companyId, inviter.id, invitees.map(() => newId()), invitees.map(({ email }) => email)],
    );
  }
}
