import { connect } from 'node:net';
import type { Programs } from './programs';
import type { Recipe } from './private-server';

/** Append-only, so that a restart (even after kill -9) keeps what was written. */
export function redisRecipe(dir: string, { server }: Programs['redis']): Recipe {
  const options = {
    bind: '127.0.0.1',
    dir,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    // Each spec file may have a database of its own.
    databases: '512',
  };
  return {
    name: 'redis',
    readyWithinMs: 15_000,
    prepare: () => Promise.resolve(),
    command: (port) => ({
      program: server,
      args: ['--port', String(port), ...Object.entries(options).flatMap(([key, value]) => [`--${key}`, value])],
      cwd: dir,
      stopSignal: 'SIGTERM',
    }),
    isReady: answersPing,
    url: (port) => `redis://127.0.0.1:${port}`,
  };
}

/** It accepts connections while it still loads its data, so ask: only `+PONG` counts. */
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
