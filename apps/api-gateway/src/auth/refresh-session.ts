import { Inject, Injectable } from '@nestjs/common';
import { DerivedTokens, type TokenRef } from '@convene/auth/derived-token';
import { ConveneError } from '@convene/contracts/errors';
import { SecurityLog } from '@convene/observability/security-log';
import { PrismaService } from '@convene/prisma/prisma.service';
import { toUserView, USER_VIEW } from '../accounts/user-view';
import { ENV, type Env } from '../env';
import { REFRESH_REUSED } from './end-sessions';
import { RevokeSessions } from './revoke-sessions';
import { IssuedSession, SessionGrants } from './session-grants';

/** For this long the token just replaced yields its successor again: two tabs refresh at once, an answer gets lost. */
const GRACE_MS = 10_000;

@Injectable()
export class RefreshSession {
  constructor(
    private readonly prisma: PrismaService,
    private readonly tokens: DerivedTokens,
    private readonly grants: SessionGrants,
    private readonly revokeSessions: RevokeSessions,
    private readonly security: SecurityLog,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /**
   * Each refresh token is good once. One that was replaced longer ago than the grace has been stolen, or its successor
   * was: the session ends for both. No use of it makes a session last beyond its longest lifetime. @throws ConveneError REFRESH_INVALID or SESSION_REVOKED
   */
  async execute(token: string | undefined): Promise<IssuedSession> {
    const ref = token === undefined ? undefined : this.tokens.open('refresh', token);
    if (!ref) throw new ConveneError('REFRESH_INVALID');
    const rotated = await this.rotate(ref);
    const session = await this.prisma.session.findUnique({
      where: { id: ref.id },
      select: {
        rotation: true,
        rotatedAt: true,
        createdAt: true,
        expiresAt: true,
        revokedAt: true,
        userId: true,
        user: { select: { ...USER_VIEW, deletedAt: true } },
      },
    });
    if (!session) throw new ConveneError('REFRESH_INVALID');
    const {
      user: { deletedAt, ...user },
      userId,
    } = session;
    if (session.revokedAt || deletedAt) throw new ConveneError('SESSION_REVOKED');
    if (session.expiresAt <= new Date() || session.createdAt <= this.oldest())
      throw new ConveneError('REFRESH_INVALID');
    if (!rotated && !isJustReplaced(ref, session)) {
      this.security.write({ event: 'refresh', outcome: 'refused', userId, sessionId: ref.id, reason: 'reused' });
      await this.revokeSessions.execute(userId, { sessionIds: [ref.id] }, REFRESH_REUSED);
      throw new ConveneError('SESSION_REVOKED');
    }
    const { rotation, expiresAt } = session;
    return this.grants.issue(toUserView(user), { id: ref.id, rotation, expiresAt });
  }

  /** One statement, so that of two refreshes with one token one alone rotates. */
  private async rotate({ id, rotation }: TokenRef): Promise<boolean> {
    const now = new Date();
    const unused = new Date(now.getTime() + this.env.REFRESH_TTL * 1000);
    const count = await this.prisma.$executeRaw`
      UPDATE sessions SET rotation = rotation + 1, rotated_at = ${now}, last_used_at = ${now},
        expires_at = least(${unused}, created_at + make_interval(secs => ${this.env.SESSION_MAX_LIFETIME}))
      WHERE id = ${id}::uuid AND rotation = ${rotation} AND revoked_at IS NULL AND expires_at > ${now}
        AND created_at > ${this.oldest()}`;
    return count === 1;
  }

  /** A session that began before it has had its time, however it was used. */
  private oldest(): Date {
    return new Date(Date.now() - this.env.SESSION_MAX_LIFETIME * 1000);
  }
}

function isJustReplaced(ref: TokenRef, session: { rotation: number; rotatedAt: Date }): boolean {
  return ref.rotation === session.rotation - 1 && Date.now() - session.rotatedAt.getTime() < GRACE_MS;
}
