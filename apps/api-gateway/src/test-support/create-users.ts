import { AccessTokenSigner } from '@convene/auth/access-token-signer';
import { newId } from '@convene/prisma/ids';
import type { ApiHarness, Person } from './api-harness';

export type TestUser = Pick<Person, 'id' | 'email' | 'token'>;

/** Creates users with verified addresses and sessions, without the cost of hashing passwords. */
export async function createUsers(api: ApiHarness, count: number): Promise<TestUser[]> {
  const signer = api.app.get(AccessTokenSigner, { strict: false });
  const users = Array.from({ length: count }, (_, n) => {
    const id = newId();
    return {
      id,
      email: `${id}@example.com`,
      displayName: `Guest ${n}`,
      passwordHash: '-',
      emailVerifiedAt: new Date(),
    };
  });
  await api.prisma.user.createMany({ data: users });
  const sessions = users.map(({ id: userId }) => ({
    id: newId(),
    userId,
    expiresAt: new Date(Date.now() + 3_600_000),
  }));
  await api.prisma.session.createMany({ data: sessions });
  return Promise.all(
    sessions.map(async ({ id: sessionId, userId }, n) => {
      const { token } = await signer.sign(userId, sessionId);
      return { id: userId, email: users[n]?.email ?? '', token };
    }),
  );
}
