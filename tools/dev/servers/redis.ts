import { findProgram } from '@convene/testing/find-program';
import { PrivateServer } from './private-server';
import { flags, redisSettings } from './server';

export async function privateRedis(dir: string): Promise<PrivateServer | undefined> {
  const program = findProgram('redis-server');
  if (!program) return undefined;
  return PrivateServer.in(dir, {
    name: 'redis',
    program,
    args: (port) => ['--port', String(port), ...flags({ bind: '127.0.0.1', dir, ...redisSettings })],
    cwd: dir,
  });
}
