import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DerivedTokens, hashToken } from '@convene/auth/derived-token';
import { VerificationMailRequested } from '@convene/contracts/events/verification-mails-requested';
import { Mailer } from '@convene/mail/mailer';
import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { databaseAs } from '@convene/prisma/test-support/database-as';
import { tempDir } from '@convene/testing/temp-dir';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { SendVerificationMail } from './send-verification-mail';

const env = {
  TOKEN_SECRET: ['newest'.repeat(8), 'spec'.repeat(8)] as [string, ...string[]],
  PUBLIC_URL: 'https://app.example',
};

let database: TestDatabase;
let prisma: PrismaService;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
  db = databaseAs('notifications-worker', database.url);
});
afterAll(async () => {
  await prisma.onApplicationShutdown();
  await db.onApplicationShutdown();
  await database.drop();
});

it('the verification mail contains the link, and nothing that the user entered', async () => {
  const [userId, email, dir] = [newId(), 'victim@example.com', tempDir('verification-mail')];
  const displayName = 'Visit evil.example';
  await prisma.user.create({ data: { id: userId, email, displayName, passwordHash: '-' } });
  const expiresAt = new Date(Date.now() + 3_600_000);
  const id = newId();
  // Stored before the secret was rotated: the mail has the token that was stored, not one of the newest secret.
  const token = new DerivedTokens(['spec'.repeat(8)]).derive('verify_email', id, 0);
  await prisma.mailToken.create({
    data: { id, userId, purpose: 'VERIFY_EMAIL', email, tokenHash: hashToken(token), expiresAt },
  });
  const mailer = new Mailer({ smtpUrl: undefined, dir, from: 'Convene <no-reply@convene.localhost>' });
  const header = { id: newId(), type: VerificationMailRequested.type, occurredAt: new Date().toISOString() };
  const noFacts = { actorId: null, companyId: null, membershipVersion: null };
  await new SendVerificationMail(db, mailer, env).sendVerificationMail({
    ...header,
    ...noFacts,
    payload: { userId },
  });
  const [name = '', ...more] = readdirSync(dir);
  expect({ name, more }).toEqual({ name: `verify-${id}-0.eml`, more: [] });
  const source = readFileSync(join(dir, name), 'utf8').replaceAll('=\r\n', '').replaceAll('=3D', '=');
  expect(source).toContain('To: victim@example.com');
  expect(source).toContain(token);
  expect(source).not.toContain('evil');
});
