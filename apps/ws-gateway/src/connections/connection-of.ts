import type { Socket } from 'socket.io';
import type { Connection } from './connection';

const connections = new WeakMap<Socket, Connection>();

/** Stores the connection of a socket, typed, where `socket.data` is not. */
export function rememberConnection(socket: Socket, connection: Connection): void {
  connections.set(socket, connection);
}

/** @throws Error for a socket that has not passed the handshake. */
export function connectionOf(socket: Socket): Connection {
  const connection = connections.get(socket);
  if (!connection) throw new Error('The socket has no connection');
  return connection;
}
