import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Server } from 'socket.io';

const NOTHING = Object.freeze({});

type Listener = ReturnType<Duplex['listeners']>[number] & ((...args: unknown[]) => void);

/**
 * Frees the request of a handshake, with its headers and its token. Socket.IO keeps it as long as the connection, which is
 * a fifth of what an idle connection costs, and reads it for the last time when the namespace has connected.
 */
export function forgetRequests(server: Server, http: HttpServer): void {
  removeUpgradeListeners(http);
  server.on('connection', (socket) => {
    (socket.conn as { request: unknown }).request = undefined;
    Object.assign(socket.handshake, { headers: NOTHING, query: NOTHING, auth: NOTHING, time: '', url: '' });
  });
}

/**
 * Engine.IO creates a response object for each upgrade, for middlewares that wait for its `close`. That object listens to
 * the TCP connection, and so keeps the request. The gateway has no such middleware. The listener is the one that is there
 * after Engine.IO has seen the upgrade and was not there before; if there are several, none is removed.
 */
function removeUpgradeListeners(http: HttpServer): void {
  const before = new WeakMap<Duplex, unknown[]>();
  http.prependListener('upgrade', (_request: IncomingMessage, socket: Duplex) => {
    before.set(socket, socket.listeners('close'));
  });
  http.on('upgrade', (_request: IncomingMessage, socket: Duplex) => {
    const known = before.get(socket) ?? [];
    const [added, ...others] = socket.listeners('close').filter((listener) => !known.includes(listener));
    if (added && others.length === 0) socket.off('close', added as Listener);
  });
}
