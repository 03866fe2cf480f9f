import { Passwords } from '@convene/auth/passwords';
import { ConveneError } from '@convene/contracts/errors';
import type { LoginBody } from '@convene/contracts/http/auth';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { Inject, Injectable } from '@nestjs/common';
import { ENV, type ApiEnv } from '../env';
import { toUserView, USER_VIEW } from '../me/user-view';
import { KnownDevices } from './known-devices';
import { IssuedSession, SessionGrants } from './session-grants';

const LONGEST_USER_AGENT = 300;

@Injectable()
export class Login {
  constructor(
    private readonly prisma: PrismaService,
    private readonly passwords: Passwords,
    private readonly grants: SessionGrants,
    private readonly devices: KnownDevices,
    @Inject(ENV) private readonly env: ApiEnv,
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
    if (!account || !right) throw new ConveneError('INVALID_CREDENTIALS');
    const { passwordHash, ...user } = account;
    const sessionId = newId();
    if (!(await this.begin(sessionId, user.id, passwordHash, userAgent))) throw new ConveneError('INVALID_CREDENTIALS');
    const issued = await this.grants.issue(toUserView(user), sessionId, 0);
    return { ...issued, deviceToken: this.devices.issue({ email, passwordHash }, deviceToken) };
  }

  /**
   * A session, if the password is still the one that was verified. The lock makes whoever changes it, and so ends all
   * sessions, wait for this one, or this one for the change: no login with the old password outlives it.
   */
  private async begin(id: string, userId: string, passwordHash: string, userAgent: string | undefined) {
    const begun = await this.prisma.$executeRaw`
      WITH account AS (
        SELECT id FROM users
        WHERE id = ${userId}::uuid AND password_hash = ${passwordHash} AND deleted_at IS NULL FOR SHARE
      )
      INSERT INTO sessions (id, user_id, user_agent, expires_at)
      SELECT ${id}::uuid, id, ${userAgent?.slice(0, LONGEST_USER_AGENT) ?? null},
        now() + make_interval(secs => ${this.env.REFRESH_TTL})
      FROM account`;
    return begun === 1;
  }
}
