import type { ChunkSender } from '../audience/chunk-sender';
import type { Middleware } from './pipeline';
import type { Attempt } from './reaction';

/** Hands a large audience over to its lane. */
export function beginAudience(chunks: ChunkSender): Middleware<Attempt> {
  return async ({ chunk }, next) => {
    if (chunk) await chunks.send(chunk);
    await next();
  };
}
