import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Credentials } from '@convene/auth/credentials';
import { DerivedTokens } from '@convene/auth/derived-token';
import { PrismaService } from '@convene/prisma/prisma.service';
import { AuthGuard } from './auth.guard';
import { LOGOUT } from './end-sessions';
import { RevokeSessions } from './revoke-sessions';

@Injectable()
export class Logout {
  constructor(
    private readonly guard: AuthGuard,
    private readonly credentials: Credentials,
    private readonly tokens: DerivedTokens,
    private readonly prisma: PrismaService,
    private readonly revokeSessions: RevokeSessions,
  ) {}

  /**
   * Ends the session that either token names: a browser whose access token has expired can still leave.
   * @throws ConveneError of the access token when neither is good
   */
  async execute(headers: FastifyRequest['headers'], bodyToken: string | undefined): Promise<void> {
    const session = (await this.byRefreshToken(headers, bodyToken)) ?? (await this.guard.authenticate(headers));
    await this.revokeSessions.execute(session.userId, { sessionIds: [session.sessionId] }, LOGOUT);
  }

  private async byRefreshToken(headers: FastifyRequest['headers'], bodyToken: string | undefined) {
    const token = bodyToken ?? (headers.authorization ? undefined : this.credentials.refreshTokenOf(headers));
    const ref = token === undefined ? undefined : this.tokens.open('refresh', token);
    if (!ref) return undefined;
    const session = await this.prisma.session.findUnique({ where: { id: ref.id }, select: { userId: true } });
    return session && { userId: session.userId, sessionId: ref.id };
  }
}
