import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DerivedTokens } from '@convene/auth/derived-token';
import type { PayloadOf } from '@convene/contracts/event';
import { SecurityMailRequested } from '@convene/contracts/events/security-mails-requested';
import { Mailer } from '@convene/mail/mailer';
import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { databaseAs } from '@convene/prisma/test-support/database-as';
import { tempDir } from '@convene/testing/temp-dir';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { SendSecurityMail } from './send-security-mail';

const env = { TOKEN_SECRET: ['spec'.repeat(8)] as [string, ...string[]], PUBLIC_URL: 'https://app.example' };

const HOUR = 3_600_000;
const hours = (n: number) => new Date(Date.now() + n * HOUR);
const tokens = new DerivedTokens(['spec'.repeat(8)]);
let database: TestDatabase;
let prisma: PrismaService;
let db: Database;
let dir: string;
beforeAll(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
  db = databaseAs('notifications-worker', database.url);
});
beforeEach(() => {
  dir = tempDir('security-mail');
});
afterAll(async () => {
  await prisma.onApplicationShutdown();
  await db.onApplicationShutdown();
  await database.drop();
});

type Payload = PayloadOf<typeof SecurityMailRequested>;

async function send(payload: Payload, { id = newId(), at = new Date() } = {}): Promise<void> {
  const mailer = new Mailer({ smtpUrl: undefined, dir, from: 'Convene <no-reply@convene.localhost>' });
  const header = { id, type: SecurityMailRequested.type, occurredAt: at.toISOString() };
  const event = { ...header, actorId: payload.userId, companyId: null, membershipVersion: null, payload };
  await new SendSecurityMail(db, mailer, env).sendSecurityMail(event);
}
const mails = () => readdirSync(dir).map((name) => ({ name, source: unfold(readFileSync(join(dir, name), 'utf8')) }));
const unfold = (source: string) => source.replaceAll('=\r\n', '').replaceAll('=3D', '=');
const to = (email: string) => expect.stringContaining(`To: ${email}\r\n`) as string;

async function user(email: string, over = {}): Promise<string> {
  const account = {
    id: newId(),
    email,
    displayName: 'Visit evil.example',
    passwordHash: '-',
    emailVerifiedAt: new Date(),
  };
  const { id } = await prisma.user.create({ data: { ...account, ...over }, select: { id: true } });
  return id;
}
async function former(userId: string, email: string, changedAt: Date, restorableUntil = hours(1)): Promise<string> {
  const id = newId();
  await prisma.formerAddress.create({ data: { id, userId, email, changedAt, restorableUntil } });
  return id;
}

it.each([
  ['PASSWORD_CHANGED', 'password'],
  ['ADDRESS_CHANGE_REQUESTED', 'address'],
] as const)(
  'the security mail about %s is sent once per event, without the name of the account',
  async (kind, name) => {
    const [email, id] = [`${name}@example.com`, newId()];
    const ana = await user(email);
    await send({ userId: ana, kind }, { id });
    await send({ userId: ana, kind }, { id });
    expect(mails()).toMatchObject([{ name: `${name}-${id}-0.eml`, source: to(email) }]);
    expect(mails()[0]?.source).not.toContain('evil');
  },
);

it('the security mail to a former address contains the link that restores it', async () => {
  const ana = await user('new@example.com');
  const formerAddressId = await former(ana, 'old@example.com', new Date());
  await send({ userId: ana, kind: 'ADDRESS_CHANGED', formerAddressId });
  expect(mails()).toMatchObject([{ name: `restore-${formerAddressId}-0.eml`, source: to('old@example.com') }]);
  expect(mails()[0]?.source).toContain(tokens.derive('restore_email', formerAddressId, 0));
  expect(mails()[0]?.source).not.toContain('new@example.com');
});

it('the security mail to an intruder’s address contains no link that restores it', async () => {
  const ana = await user('owner@example.com');
  const formerAddressId = await former(ana, 'intruder@example.com', new Date(), new Date());
  await send({ userId: ana, kind: 'ADDRESS_CHANGED', formerAddressId });
  expect(mails()).toMatchObject([{ source: to('intruder@example.com') }]);
  expect(mails()[0]?.source).not.toContain(tokens.derive('restore_email', formerAddressId, 0));
});

it('the security mail goes to the address of the account at the time of the event', async () => {
  const ana = await user('third@example.com');
  await former(ana, 'first@example.com', hours(-2));
  await former(ana, 'second@example.com', hours(-1));
  const kind = 'PASSWORD_CHANGED';
  for (const at of [hours(-3), hours(-1.5), hours(-0.5)]) await send({ userId: ana, kind }, { at });
  const sources = mails().map(({ source }) => source);
  expect(sources).toHaveLength(3);
  for (const email of ['first@example.com', 'second@example.com', 'third@example.com']) {
    expect(sources).toContainEqual(to(email));
  }
});

it.each<[string, () => Promise<Payload>]>([
  [
    'an address that was never verified',
    async () => ({ userId: await user('unproven@example.com', { emailVerifiedAt: null }), kind: 'PASSWORD_CHANGED' }),
  ],
  [
    'a deleted account',
    async () => ({ userId: await user('gone@example.com', { deletedAt: new Date() }), kind: 'PASSWORD_CHANGED' }),
  ],
  [
    'a former address that is forgotten',
    async () => ({ userId: await user('x@example.com'), kind: 'ADDRESS_CHANGED', formerAddressId: newId() }),
  ],
])('no security mail is sent for %s', async (_, prepare) => {
  await send(await prepare());
  expect(mails()).toEqual([]);
});
