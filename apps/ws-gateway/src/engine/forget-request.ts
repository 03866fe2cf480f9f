import type { IncomingMessage } from 'node:http';
import type { Server } from 'socket.io';

const NOTHING = Object.freeze({});

/**
 * The request of a handshake, with its headers and its token, is kept as long as its connection: a fifth of what that
 * costs. Nobody asks for it once the namespace has connected; before that, Socket.IO reads it itself.
 */
export function forgetRequests(server: Server): void {
  server.engine.use((request: IncomingMessage, _response: unknown, next: () => void) => {
    forgetResponse(request);
    next();
  });
  server.on('connection', (socket) => {
    (socket.conn as { request: unknown }).request = undefined;
    Object.assign(socket.handshake, { headers: NOTHING, query: NOTHING, auth: NOTHING, time: '', url: '' });
  });
}

/**
 * For its middlewares Engine.IO gives an upgrade the look of a response, which listens to the TCP connection and so
 * keeps the request, too. Ours is its only middleware, and asks nothing of it.
 */
function forgetResponse({ socket, headers }: IncomingMessage): void {
  const newest = headers.upgrade === undefined ? undefined : socket.listeners('close').at(-1);
  if (newest && String(newest).includes('this.emit("close")')) socket.off('close', newest as () => void);
}
