import { findProgram } from '@convene/testing/find-program';
import { portsOf, PrivateServer } from './private-server';
import { redisFlags } from './server';

export async function privateRedis(dir: string): Promise<PrivateServer | undefined> {
  const program = findProgram('redis-server');
  if (!program) return undefined;
  const [port] = await portsOf(dir);
  const args = redisFlags({ port: String(port), bind: '127.0.0.1', dir });
  return new PrivateServer(dir, port, { name: 'redis', program, args });
}
