import type { Socket } from 'socket.io';
import type { LiveSession } from './live-session';

const sessions = new WeakMap<Socket, LiveSession>();

/** The handshake's outcome, kept beside the socket rather than in its untyped `data`. */
export function rememberSession(socket: Socket, session: LiveSession): void {
  sessions.set(socket, session);
}

/** @throws Error for a socket that did not pass the handshake: there is none. */
export function sessionOf(socket: Socket): LiveSession {
  const session = sessions.get(socket);
  if (!session) throw new Error('The socket has no session');
  return session;
}
