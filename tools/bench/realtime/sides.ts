import { join } from 'node:path';
import { MeasuredServer } from './measured-server';

/** What all servers of a run share. */
export interface Servers {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly publicKeys: string;
}

export interface Side {
  readonly name: 'plain' | 'sharded' | 'classic' | 'gateway';
  /** How the message begins after which a client is live. */
  readonly liveAt: string;
  start(): Promise<MeasuredServer>;
}

/** The servers that are compared: three kinds of bare Socket.IO (see bare-server.ts), and the gateway as it is deployed. */
export function sidesOn({ databaseUrl, redisUrl, publicKeys }: Servers) {
  const bare = (name: 'plain' | 'sharded' | 'classic'): Side => ({
    name,
    liveAt: '40{',
    start: () =>
      MeasuredServer.byHand(join(__dirname, 'bare-server.ts'), {
        BARE: name,
        REDIS_URL: redisUrl,
        JWT_PUBLIC_KEYS: publicKeys,
      }),
  });
  const gateway: Side = {
    name: 'gateway',
    liveAt: '42["session.ready"',
    start: () =>
      MeasuredServer.app('ws-gateway', {
        NODE_ENV: 'production',
        DATABASE_URL: `${databaseUrl}?connection_limit=5`,
        REDIS_URL: redisUrl,
        RABBITMQ_URL: 'amqp://not-used',
        JWT_PUBLIC_KEYS: publicKeys,
        USE_WS_REDIS_ADAPTER: 'on',
        WS_CORS_ORIGIN: '*',
        WS_MAX_CONNECTIONS_PER_ADDRESS: '100000',
        WS_ACCEPTS_PER_SECOND: '100000',
        RATE_LIMIT_SCALE: '0',
      }),
  };
  return { plain: bare('plain'), sharded: bare('sharded'), classic: bare('classic'), gateway };
}
