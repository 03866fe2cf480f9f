import { createServer } from 'node:http';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { consumeInBatches, env, type Frame, openChannel, QUEUES } from './support';

/** From the queue to Redis, through a Socket.IO server without clients. */
async function main(): Promise<void> {
  const [publisher, subscriber] = [new Redis(env.redisUrl, { enableAutoPipelining: true }), new Redis(env.redisUrl)];
  const io = new Server({ adapter: createShardedAdapter(publisher, subscriber, { subscriptionMode: 'dynamic' }) });
  await consumeInBatches<Frame[]>(await openChannel(), QUEUES.frames, (batches) => {
    for (const { userId, frame } of batches.flat()) io.to(`user:${userId}`).emit('notifications.created', frame);
    return Promise.resolve();
  });
  createServer((_, response) => response.end('ready')).listen(env.port, '127.0.0.1');
}

void main();
