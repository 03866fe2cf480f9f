import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Credentials } from '@convene/auth/credentials';
import * as routes from '@convene/contracts/http/routes/auth';
import { Call, type RouteCall } from '@convene/http/route-call';
import { Handles } from '../idempotency/handles';
import { LOGOUT } from './end-sessions';
import { ForgotPassword } from './forgot-password';
import { KnownDevices } from './known-devices';
import { Login } from './login';
import { Logout } from './logout';
import { RefreshSession } from './refresh-session';
import { ResendVerification } from './resend-verification';
import { ResetPassword } from './reset-password';
import { RestoreEmail } from './restore-email';
import { RevokeSessions } from './revoke-sessions';
import { SessionTransport } from './session-transport';
import { Signup } from './signup';
import { VerifyEmail } from './verify-email';

@Controller()
export class AuthController {
  constructor(
    private readonly signupUser: Signup,
    private readonly loginUser: Login,
    private readonly refreshSession: RefreshSession,
    private readonly logoutSession: Logout,
    private readonly revokeSessions: RevokeSessions,
    private readonly verify: VerifyEmail,
    private readonly resend: ResendVerification,
    private readonly forgot: ForgotPassword,
    private readonly reset: ResetPassword,
    private readonly restore: RestoreEmail,
    private readonly transport: SessionTransport,
    private readonly credentials: Credentials,
    private readonly devices: KnownDevices,
  ) {}

  @Handles(routes.Signup)
  signup(@Call() { body }: RouteCall<typeof routes.Signup>) {
    return this.signupUser.execute(body);
  }

  @Handles(routes.Login)
  async login(
    @Call() { body }: RouteCall<typeof routes.Login>,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const deviceToken = body.deviceToken ?? this.credentials.deviceTokenOf(headers);
    const issued = await this.loginUser.execute(body, headers['user-agent'], deviceToken);
    return this.transport.send(reply, issued, body.transport);
  }

  /** The tokens travel back the way the refresh token came. */
  @Handles(routes.Refresh)
  async refresh(
    @Call() { body: { refreshToken } }: RouteCall<typeof routes.Refresh>,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const issued = await this.refreshSession.execute(refreshToken ?? this.credentials.refreshTokenOf(headers));
    return this.transport.send(reply, issued, refreshToken === undefined ? 'cookie' : 'bearer');
  }

  @Handles(routes.Logout)
  async logout(
    @Call() { body: { refreshToken } }: RouteCall<typeof routes.Logout>,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    this.transport.clear(reply);
    await this.logoutSession.execute(headers, refreshToken);
  }

  @Handles(routes.LogoutAll)
  async logoutAll(
    @Call() { caller }: RouteCall<typeof routes.LogoutAll>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await this.revokeSessions.execute(caller.userId, 'all', LOGOUT);
    this.transport.clear(reply);
  }

  @Handles(routes.VerifyEmail)
  verifyEmail(@Call() { body }: RouteCall<typeof routes.VerifyEmail>, @Req() { headers }: FastifyRequest) {
    return this.verify.execute(body, headers);
  }

  @Handles(routes.ResendVerification)
  async resendVerification(@Call() { caller }: RouteCall<typeof routes.ResendVerification>) {
    await this.resend.execute(caller.userId);
  }

  @Handles(routes.ForgotPassword)
  forgotPassword(@Call() { body: { email } }: RouteCall<typeof routes.ForgotPassword>) {
    return this.forgot.execute(email);
  }

  /** Access to the mailbox proves ownership, so the device is known from now on. */
  @Handles(routes.ResetPassword)
  async resetPassword(
    @Call() { body: { token, password } }: RouteCall<typeof routes.ResetPassword>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const userId = await this.reset.execute(token, password);
    this.transport.rememberDevice(reply, await this.devices.issueTo(userId));
  }

  @Handles(routes.RestoreEmail)
  restoreEmail(@Call() { body }: RouteCall<typeof routes.RestoreEmail>) {
    return this.restore.execute(body);
  }
}
