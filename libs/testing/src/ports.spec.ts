import { createServer, type Server } from 'node:net';
import { freePort, freePorts, isFree } from './ports';

const listen = (port: number, host?: string) =>
  new Promise<Server>((resolve) => {
    const server = createServer().listen(port, host, () => resolve(server));
  });

describe('free ports', () => {
  it('are below the ephemeral range and not the standard ones', async () => {
    for (const port of await freePorts(20)) {
      expect(port).toBeGreaterThanOrEqual(20_000);
      expect(port).toBeLessThan(32_768);
    }
  });

  it('are different ones', async () => {
    expect(new Set(await freePorts(20)).size).toBe(20);
  });

  it.each(['127.0.0.1', undefined])('are not those that a server listens on (on %s)', async (host) => {
    const port = await freePort();
    const server = await listen(port, host);
    expect(await isFree(port)).toBe(false);
    await new Promise((resolve) => server.close(resolve));
    expect(await isFree(port)).toBe(true);
  });
});
