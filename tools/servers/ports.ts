import { createServer } from 'node:net';

/** Below 32768 begins nobody's ephemeral range, so no outgoing connection can take a port while its server restarts. */
const lowest = 20_000;
const highest = 31_999;

/** Binds the port for an instant, on all addresses, to see whether somebody listens there. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** Whoever got one may not listen on it yet: of fifteen processes two would get the same in every hundredth start. */
const handedOut = new Set<number>();

/** Random rather than the first free one: several runs on one machine choose at the same time. Never the same twice. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest + 1));
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port between ${lowest} and ${highest}`);
}

export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}
