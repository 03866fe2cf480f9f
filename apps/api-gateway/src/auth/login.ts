import { Inject, Injectable } from '@nestjs/common';
import { Passwords } from '@convene/auth/passwords';
import { ConveneError } from '@convene/contracts/errors';
import type { LoginBody } from '@convene/contracts/http/auth';
import { SecurityLog } from '@convene/observability/security-log';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { toUserView, USER_VIEW } from '../accounts/user-view';
import { ENV, type Env } from '../env';
import { TOO_MANY_SESSIONS } from './end-sessions';
import { KnownDevices } from './known-devices';
import { RevokeSessions } from './revoke-sessions';
import { IssuedSession, SessionGrants, type SessionState } from './session-grants';

const MAX_USER_AGENT_LENGTH = 300;

@Injectable()
export class Login {
  constructor(
    private readonly prisma: PrismaService,
    private readonly passwords: Passwords,
    private readonly grants: SessionGrants,
    private readonly devices: KnownDevices,
    private readonly revokeSessions: RevokeSessions,
    private readonly security: SecurityLog,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /** @throws ConveneError INVALID_CREDENTIALS, after the same time whether or not the account exists */
  async execute(
    { email, password }: LoginBody,
    userAgent: string | undefined,
    deviceToken: string | undefined,
  ): Promise<IssuedSession> {
    const account = await this.prisma.user.findFirst({
      where: { email, deletedAt: null },
      select: { ...USER_VIEW, passwordHash: true },
    });
    const right = await this.passwords.verify(account?.passwordHash, password);
    const session = account && right ? await this.begin(account.id, account.passwordHash, userAgent) : undefined;
    if (!account || !session) {
      const reason = account ? 'wrong_password' : 'no_account';
      this.security.write({ event: 'login', outcome: 'refused', userId: account?.id, address: email, reason });
      throw new ConveneError('INVALID_CREDENTIALS');
    }
    const { id: sessionId } = session;
    this.security.write({ event: 'login', outcome: 'ok', userId: account.id, address: email, sessionId });
    await this.endExcess(account.id);
    const issued = await this.grants.issue(toUserView(account), session);
    return { ...issued, deviceToken: this.devices.issue(account, deviceToken) };
  }

  /**
   * Creates a session if the password is still the verified one. The lock serializes it with a change of the password, which
   * ends all sessions: no login with the old password outlives the change.
   */
  private async begin(userId: string, passwordHash: string, userAgent: string | undefined) {
    const seconds = Math.min(this.env.REFRESH_TTL, this.env.SESSION_MAX_LIFETIME);
    const [begun] = await this.prisma.$queryRaw<SessionState[]>`
      WITH account AS (
        SELECT id FROM users
        WHERE id = ${userId}::uuid AND password_hash = ${passwordHash} AND deleted_at IS NULL FOR SHARE
      )
      INSERT INTO sessions (id, user_id, user_agent, expires_at)
      SELECT ${newId()}::uuid, id, ${userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null},
        now() + make_interval(secs => ${seconds})
      FROM account
      RETURNING id, rotation, expires_at AS "expiresAt"`;
    return begun;
  }

  /** After the commit: of any number of simultaneous logins the last to look sees all. */
  private async endExcess(userId: string): Promise<void> {
    const excess = await this.prisma.$queryRaw<{ id: string }[]>`
      SELECT id FROM sessions WHERE user_id = ${userId}::uuid AND revoked_at IS NULL AND expires_at > now()
      ORDER BY last_used_at DESC, id DESC OFFSET ${this.env.MAX_SESSIONS_PER_USER}`;
    if (excess.length === 0) return;
    await this.revokeSessions.execute(userId, { sessionIds: excess.map(({ id }) => id) }, TOO_MANY_SESSIONS);
  }
}
