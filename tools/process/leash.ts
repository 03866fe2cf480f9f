import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * Ties a process to this one: when this process is gone, however it went (kill -9 included), `pid` gets `signal`.
 * A tiny shell waits for the end of a pipe that only we hold open. Returns the function that lets go.
 */
export function leash(pid: number, signal: NodeJS.Signals): () => void {
  const holder = spawn('/bin/sh', ['-c', `read _; kill -${signal.slice(3)} ${pid} 2>/dev/null`], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  holder.on('error', () => undefined);
  holder.unref();
  (holder.stdin as Socket).unref();
  return () => void holder.kill('SIGKILL');
}
