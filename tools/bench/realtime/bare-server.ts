import { createServer } from 'node:http';
import { createAdapter, createShardedAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { AccessTokenVerifier } from '@convene/auth/access-token-verifier';
import { JWT_PUBLIC_KEYS } from '@convene/auth/auth-env';
import { companyRoom, userRoom } from '@convene/contracts/sockets/rooms';
import { CHANNEL_PREFIX } from '@convene/realtime/room-subscriber';

/**
 * What the gateway is compared with: Socket.IO as anyone would start it.
 *   BARE=plain     nothing but a server
 *   BARE=sharded   verifies the access token, joins the user's room, on the sharded Redis adapter
 *   BARE=classic   the same on the classic Redis adapter
 */
const kind = process.env['BARE'];
const http = createServer((_, response) => response.end('ready'));
const io = new Server(http, { perMessageDeflate: false });

if (kind !== 'plain') {
  const url = process.env['REDIS_URL'] ?? '';
  const [publisher, subscriber] = [new Redis(url), new Redis(url)];
  io.adapter(
    kind === 'classic'
      ? createAdapter(publisher, subscriber)
      : createShardedAdapter(publisher, subscriber, { channelPrefix: CHANNEL_PREFIX, subscriptionMode: 'dynamic' }),
  );
  const keys = JWT_PUBLIC_KEYS.parse(process.env['JWT_PUBLIC_KEYS']);
  const tokens = new AccessTokenVerifier(keys, { issuer: 'convene', audience: 'convene' }, 0);
  io.use((socket, next) => {
    const { token } = socket.handshake.auth as { token: string };
    tokens.verify(token).then(
      ({ userId }) => {
        void socket.join(userRoom(userId));
        next();
      },
      () => next(new Error('unauthenticated')),
    );
  });
}

interface Command {
  readonly join?: string;
  readonly broadcast?: { readonly companyId: string; readonly event: string; readonly frame: object };
}

process.on('message', ({ join, broadcast }: Command) => {
  if (join) io.socketsJoin(companyRoom(join));
  if (broadcast) io.to(companyRoom(broadcast.companyId)).emit(broadcast.event, broadcast.frame);
});
process.once('SIGTERM', () => process.exit(0));
http.listen(Number(process.env['PORT']), '127.0.0.1');
