import type { Socket } from 'socket.io';
import type { Connection } from './connection';

const connections = new WeakMap<Socket, Connection>();

/** The handshake's outcome, kept beside the socket rather than in its untyped `data`. */
export function rememberConnection(socket: Socket, connection: Connection): void {
  connections.set(socket, connection);
}

/** @throws Error for a socket that did not pass the handshake: there is none. */
export function connectionOf(socket: Socket): Connection {
  const connection = connections.get(socket);
  if (!connection) throw new Error('The socket has no session');
  return connection;
}
