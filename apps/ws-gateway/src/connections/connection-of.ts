import type { Socket } from 'socket.io';
import type { Connection } from './connection';

const sessions = new WeakMap<Socket, Connection>();

/** The handshake's outcome, kept beside the socket rather than in its untyped `data`. */
export function rememberSession(socket: Socket, session: Connection): void {
  sessions.set(socket, session);
}

/** @throws Error for a socket that did not pass the handshake: there is none. */
export function connectionOf(socket: Socket): Connection {
  const session = sessions.get(socket);
  if (!session) throw new Error('The socket has no session');
  return session;
}
