import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * Runs a shell command when this process is gone, however it went (kill -9 included): a tiny shell waits for the end
 * of a pipe that only we hold open. Returns the function that lets go. Nothing started on such a leash outlives us.
 */
export function leash(command: string): () => void {
  const holder = spawn('/bin/sh', ['-c', `read _; ${command}`], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  holder.on('error', () => undefined);
  holder.unref();
  (holder.stdin as Socket).unref();
  return () => void holder.kill('SIGKILL');
}
