import { createServer } from 'node:net';

/** Below the ephemeral range, so that no outgoing connection takes it while its server restarts. */
const LOWEST = 20_000;
const COUNT = 12_000;

/** A port nobody listens on. Random rather than the first one: several spec files choose at the same time. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
