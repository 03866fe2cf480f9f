import { AccessTokenSigner } from '@convene/auth/access-token-signer';
import { newId } from '@convene/prisma/ids';
import type { Api, Person } from './api';

export type Someone = Pick<Person, 'id' | 'email' | 'token'>;

/** Many people with verified addresses and sessions, without the price of a password each. */
export async function crowd(api: Api, count: number): Promise<Someone[]> {
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
