import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Credentials, REFRESH_PATH } from '@convene/auth/credentials';
import type { LoginBody, SessionGrant } from '@convene/contracts/http/auth';
import type { IssuedSession } from './session-grants';

const DEVICE_SECONDS = 365 * 24 * 60 * 60;

/** How the two tokens reach the client and leave it: httpOnly cookies, or the body for clients without a jar. */
@Injectable()
export class SessionTransport {
  constructor(private readonly credentials: Credentials) {}

  send(reply: FastifyReply, issued: IssuedSession, transport: LoginBody['transport']): SessionGrant {
    const { user, sessionId, accessToken, refreshToken, deviceToken } = issued;
    const grant = { user, sessionId, accessExpiresAt: issued.accessExpiresAt.toISOString() };
    if (transport === 'bearer') return { ...grant, accessToken, refreshToken, deviceToken };
    reply.header('set-cookie', [
      this.cookie(this.credentials.accessCookie, accessToken, '/', secondsUntil(issued.accessExpiresAt)),
      this.cookie(this.credentials.refreshCookie, refreshToken, REFRESH_PATH, secondsUntil(issued.expiresAt)),
    ]);
    if (deviceToken !== undefined) this.rememberDevice(reply, deviceToken);
    return grant;
  }

  /** Outlives logging out: it is for the next login. */
  rememberDevice(reply: FastifyReply, deviceToken: string): void {
    reply.header('set-cookie', this.cookie(this.credentials.deviceCookie, deviceToken, REFRESH_PATH, DEVICE_SECONDS));
  }

  clear(reply: FastifyReply): void {
    reply.header('set-cookie', [
      this.cookie(this.credentials.accessCookie, '', '/', 0),
      this.cookie(this.credentials.refreshCookie, '', REFRESH_PATH, 0),
    ]);
  }

  /** Both tokens consist of characters that need no encoding. */
  private cookie(name: string, value: string, path: string, maxAge: number): string {
    const secure = this.credentials.secure ? '; Secure' : '';
    return `${name}=${value}; Path=${path}; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`;
  }
}

/** Rounded up: the exact expiry is in the token. */
const secondsUntil = (time: Date) => Math.max(0, Math.ceil((time.getTime() - Date.now()) / 1000));
