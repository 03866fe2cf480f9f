import type { Principal } from '@convene/auth/access-token-verifier';
import { REFRESH_COOKIE, readCookie } from '@convene/auth/credentials';
import { LoginBody, RefreshBody, SignupBody, VerifyEmailBody } from '@convene/contracts/http/auth';
import { ZodBody } from '@convene/http/zod-pipe';
import { Controller, Headers, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Public } from './auth.guard';
import { Login } from './login';
import { Logout } from './logout';
import { RefreshSession } from './refresh-session';
import { ResendVerification } from './resend-verification';
import { RevokeSessions } from './revoke-sessions';
import { SessionTransport } from './session-transport';
import { Signup } from './signup';
import { VerifyEmail } from './verify-email';

@Controller('auth')
export class AuthController {
  constructor(
    private readonly signupUser: Signup,
    private readonly loginUser: Login,
    private readonly refreshSession: RefreshSession,
    private readonly logoutSession: Logout,
    private readonly revokeSessions: RevokeSessions,
    private readonly verify: VerifyEmail,
    private readonly resend: ResendVerification,
    private readonly transport: SessionTransport,
  ) {}

  @Public()
  @Post('signup')
  signup(@ZodBody(SignupBody) body: SignupBody) {
    return this.signupUser.execute(body);
  }

  @Public()
  @Post('login')
  @HttpCode(200)
  async login(
    @ZodBody(LoginBody) body: LoginBody,
    @Headers('user-agent') userAgent: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.transport.send(reply, await this.loginUser.execute(body, userAgent), body.transport);
  }

  /** The tokens travel back the way the refresh token came. */
  @Public()
  @Post('refresh')
  @HttpCode(200)
  async refresh(
    @ZodBody(RefreshBody) { refreshToken }: RefreshBody,
    @Headers('cookie') cookies: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const issued = await this.refreshSession.execute(refreshToken ?? readCookie(cookies, REFRESH_COOKIE));
    return this.transport.send(reply, issued, refreshToken === undefined ? 'cookie' : 'bearer');
  }

  @Public()
  @Post('logout')
  @HttpCode(204)
  async logout(
    @ZodBody(RefreshBody) { refreshToken }: RefreshBody,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    this.transport.clear(reply);
    await this.logoutSession.execute(headers, refreshToken);
  }

  @Post('logout-all')
  @HttpCode(204)
  async logoutAll(@Caller() { userId }: Principal, @Res({ passthrough: true }) reply: FastifyReply) {
    await this.revokeSessions.execute(userId, 'all', 'logout');
    this.transport.clear(reply);
  }

  @Public()
  @Post('verify-email')
  @HttpCode(200)
  verifyEmail(@ZodBody(VerifyEmailBody) { token }: VerifyEmailBody) {
    return this.verify.execute(token);
  }

  @Post('verify-email/resend')
  @HttpCode(202)
  async resendVerification(@Caller() { userId }: Principal) {
    await this.resend.execute(userId);
  }
}
