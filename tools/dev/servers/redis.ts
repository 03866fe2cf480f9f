import { connect } from 'node:net';
import { findProgram } from '@convene/testing/find-program';
import { PrivateServer } from './private-server';
import { redisSettings } from './server';

export async function privateRedis(dir: string): Promise<PrivateServer | undefined> {
  const program = findProgram('redis-server');
  if (!program) return undefined;
  const settings = Object.entries({ bind: '127.0.0.1', dir, ...redisSettings });
  return PrivateServer.in(dir, {
    name: 'redis',
    readyWithinMs: 15_000,
    command: (port) => ({
      program,
      args: ['--port', String(port), ...settings.flatMap(([key, value]) => [`--${key}`, value])],
      cwd: dir,
    }),
    isReady: answersPing,
  });
}

/** It accepts connections while it still loads its data: only `+PONG` counts. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once('data', (answer) => {
      resolve(answer.toString().startsWith('+PONG'));
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
