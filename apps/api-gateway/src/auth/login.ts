import { Passwords } from '@convene/auth/passwords';
import { ConveneError } from '@convene/contracts/errors';
import type { LoginBody } from '@convene/contracts/http/auth';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { Inject, Injectable } from '@nestjs/common';
import { ENV, type ApiEnv } from '../env';
import { toUserView, USER_VIEW } from '../me/user-view';
import { IssuedSession, SessionGrants } from './session-grants';

const LONGEST_USER_AGENT = 300;

@Injectable()
export class Login {
  constructor(
    private readonly prisma: PrismaService,
    private readonly passwords: Passwords,
    private readonly grants: SessionGrants,
    @Inject(ENV) private readonly env: ApiEnv,
  ) {}

  /** @throws ConveneError INVALID_CREDENTIALS, after the same time whether or not the account exists */
  async execute({ email, password }: LoginBody, userAgent: string | undefined): Promise<IssuedSession> {
    const account = await this.prisma.user.findFirst({
      where: { email, deletedAt: null },
      select: { ...USER_VIEW, passwordHash: true },
    });
    const right = await this.passwords.verify(account?.passwordHash, password);
    if (!account || !right) throw new ConveneError('INVALID_CREDENTIALS');
    const { passwordHash: _, ...user } = account;
    const session = await this.prisma.session.create({
      data: {
        id: newId(),
        userId: user.id,
        userAgent: userAgent?.slice(0, LONGEST_USER_AGENT) ?? null,
        expiresAt: new Date(Date.now() + this.env.REFRESH_TTL * 1000),
      },
      select: { id: true, rotation: true },
    });
    return this.grants.issue(toUserView(user), session.id, session.rotation);
  }
}
