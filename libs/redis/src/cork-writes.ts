import type { Duplex } from 'node:stream';
import { type Cluster, Redis } from 'ioredis';

/**
 * Sends the commands of one turn of the event loop in one write: a system call costs more than a command. Nothing waits for
 * commands that are not there yet.
 */
export function corkWrites(client: Redis | Cluster): void {
  if (client instanceof Redis) corkConnectionsOf(client);
  else client.on('+node', corkConnectionsOf);
}

function corkConnectionsOf(node: Redis): void {
  node.on('connect', () => corkByTurn(node.stream));
}

function corkByTurn(stream: Duplex): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  const uncork = () => stream.uncork();
  stream.write = (...args: unknown[]) => {
    if (stream.writableCorked === 0) {
      stream.cork();
      setImmediate(uncork);
    }
    return write(...args);
  };
}
