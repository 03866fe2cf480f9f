import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DerivedTokens, hashToken } from '@convene/auth/derived-token';
import type { PayloadOf } from '@convene/contracts/event';
import { AccountMailRequested } from '@convene/contracts/events/account-mails-requested';
import { Mailer } from '@convene/mail/mailer';
import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { databaseAs } from '@convene/prisma/test-support/database-as';
import { tempDir } from '@convene/testing/temp-dir';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { SendAccountMail } from './send-account-mail';

const env = { TOKEN_SECRET: ['spec'.repeat(8)] as [string, ...string[]], PUBLIC_URL: 'https://app.example' };

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
  dir = tempDir('account-mail');
});
afterAll(async () => {
  await prisma.onApplicationShutdown();
  await db.onApplicationShutdown();
  await database.drop();
});

type Kind = PayloadOf<typeof AccountMailRequested>['kind'];

async function send(userId: string, kind: Kind, id = newId()): Promise<void> {
  const mailer = new Mailer({ smtpUrl: undefined, dir, from: 'Convene <no-reply@convene.localhost>' });
  const header = { id, type: AccountMailRequested.type, occurredAt: new Date().toISOString() };
  const event = { ...header, actorId: null, companyId: null, membershipVersion: null, payload: { userId, kind } };
  await new SendAccountMail(db, mailer, env).sendAccountMail(event);
}
const mails = () => readdirSync(dir).map((name) => ({ name, source: unfold(readFileSync(join(dir, name), 'utf8')) }));
const unfold = (source: string) => source.replaceAll('=\r\n', '').replaceAll('=3D', '=');

async function user(email = `${newId()}@example.com`, over = {}): Promise<string> {
  const id = newId();
  await prisma.user.create({ data: { id, email, displayName: 'Ana', passwordHash: '-', ...over } });
  return id;
}
async function link(userId: string, purpose: 'RESET_PASSWORD' | 'CHANGE_EMAIL', email: string, over = {}) {
  const [id, rotation] = [newId(), 2];
  const token = tokens.derive(purpose === 'RESET_PASSWORD' ? 'reset_password' : 'change_email', id, rotation);
  const data = { id, userId, purpose, email, rotation, tokenHash: hashToken(token), expiresAt: inAnHour(), ...over };
  return prisma.mailToken.create({ data });
}
const inAnHour = () => new Date(Date.now() + 3_600_000);

it('the account mail carries the newest link to reset the password at each delivery of the event', async () => {
  const ana = await user('ana@example.com');
  const { id } = await link(ana, 'RESET_PASSWORD', 'ana@example.com');
  await send(ana, 'RESET');
  await send(ana, 'RESET');
  const [mail, ...more] = mails();
  expect(more).toEqual([]);
  expect(mail?.name).toBe(`reset-${id}-2.eml`);
  expect(mail?.source).toContain('To: ana@example.com');
  expect(mail?.source).toContain(tokens.derive('reset_password', id, 2));
});

it('the account mail with the link of a change of address goes to the new address only', async () => {
  const ana = await user('old@example.com');
  const { id } = await link(ana, 'CHANGE_EMAIL', 'new@example.com');
  await send(ana, 'CHANGE');
  const [mail] = mails();
  expect(mail?.name).toBe(`change-${id}-2.eml`);
  expect(mail?.source).toContain('To: new@example.com');
  expect(mail?.source).toContain(tokens.derive('change_email', id, 2));
  expect(mail?.source).not.toContain('old@example.com');
});

it('the account mail about an address in use is sent once per event', async () => {
  const [ana, event] = [await user('in-use@example.com'), newId()];
  await send(ana, 'ADDRESS_IN_USE', event);
  await send(ana, 'ADDRESS_IN_USE', event);
  expect(mails()).toMatchObject([{ name: `in-use-${event}-0.eml`, source: expect.stringContaining('To: in-use@') }]);
});

it('the account mail contains nothing of the account, because a stranger may have signed up with the address', async () => {
  const over = { displayName: 'Visit evil.example' };
  const ana = await user('victim@example.com', over);
  await link(ana, 'RESET_PASSWORD', 'victim@example.com');
  await link(ana, 'CHANGE_EMAIL', 'victims-other@example.com');
  for (const kind of ['RESET', 'CHANGE', 'ADDRESS_IN_USE'] as const) await send(ana, kind);
  expect(mails()).toHaveLength(3);
  for (const { source } of mails()) expect(source).not.toContain('evil');
});

it.each<[string, () => Promise<[string, Kind]>]>([
  ['an address without an account', async () => [newId(), 'RESET']],
  [
    'a link that was followed',
    async () => {
      const ana = await user('followed@example.com');
      await link(ana, 'RESET_PASSWORD', 'followed@example.com', { usedAt: new Date() });
      return [ana, 'RESET'];
    },
  ],
  [
    'a link that has expired',
    async () => {
      const ana = await user('expired@example.com');
      await link(ana, 'RESET_PASSWORD', 'expired@example.com', { expiresAt: new Date() });
      return [ana, 'RESET'];
    },
  ],
  [
    'an address that is not the account’s any more',
    async () => {
      const ana = await user();
      await link(ana, 'RESET_PASSWORD', 'former@example.com');
      return [ana, 'RESET'];
    },
  ],
  [
    'an address of another account',
    async () => {
      await user('other@example.com');
      const ana = await user();
      await link(ana, 'CHANGE_EMAIL', 'other@example.com');
      return [ana, 'CHANGE'];
    },
  ],
  ['a deleted account', async () => [await user(undefined, { deletedAt: new Date() }), 'ADDRESS_IN_USE']],
])('no account mail is sent for %s', async (_, prepare) => {
  await send(...(await prepare()));
  expect(mails()).toEqual([]);
});
