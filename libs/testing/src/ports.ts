import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Below every ephemeral range, so that no outgoing connection takes a port while its server restarts. */
const MIN_PORT = 20_000;
const MAX_PORT = 31_999;

/** Binds the port for an instant, on all addresses. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** Waits for ports whose programs are about to end. Resolves to whether all are free in time. */
export async function becomeFree(ports: readonly number[], timeoutMs: number): Promise<boolean> {
  for (const deadline = Date.now() + timeoutMs; ; await sleep(100)) {
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return true;
    if (Date.now() > deadline) return false;
  }
}

/** A returned port may not be in use yet. Without this, two of fifteen processes would get the same in one start of a hundred. */
const handedOut = new Set<number>();

/** A random free port and not the first one, because several runs on a machine choose at once. Never the same one twice. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = MIN_PORT + Math.floor(Math.random() * (MAX_PORT - MIN_PORT + 1));
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port between ${MIN_PORT} and ${MAX_PORT}`);
}

export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}
