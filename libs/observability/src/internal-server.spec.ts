import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { HealthRegistry } from './health';
import { InternalServerModule } from './internal-server.module';

async function freePort(): Promise<number> {
  const probe = createServer().listen(0);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

it('the internal server disconnects a client with a slow body, and answers others meanwhile', async () => {
  const port = await freePort();
  const app = await NestFactory.createApplicationContext(
    InternalServerModule.forRoot({ service: 'spec', port, host: '127.0.0.1' }),
    {
      logger: false,
    },
  );
  const socket = connect({ port, host: '127.0.0.1' }).on('error', () => undefined);
  const dripping = setInterval(() => socket.write(' '), 200);
  socket.write('POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\n');
  const began = performance.now();
  socket.resume();
  const closed = once(socket, 'close');
  expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
  // It listens where it was told, and nowhere else.
  await expect(fetch(`http://127.0.0.2:${port}/health/live`)).rejects.toThrow();
  await closed;
  clearInterval(dripping);
  expect(performance.now() - began).toBeLessThan(10_000);
  await app.close();
}, 20_000);

it('the internal server exposes its health checks and its memory limits as metrics', async () => {
  const port = await freePort();
  const options = { service: 'spec', port, host: '127.0.0.1' };
  const app = await NestFactory.createApplicationContext(InternalServerModule.forRoot(options), { logger: false });
  let isUp = true;
  const check = () => (isUp ? Promise.resolve() : Promise.reject(new Error('connection refused')));
  app.get(HealthRegistry).register({ name: 'postgres', critical: true, check });
  const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

  expect(await metrics()).toContain('dependency_up{dependency="postgres",service="spec"} 1');
  isUp = false;
  const later = await metrics();
  expect(later).toContain('dependency_up{dependency="postgres",service="spec"} 0');
  const value = (name: string) => Number(new RegExp(`^${name}\\{.*\\} (.+)$`, 'm').exec(later)?.[1]);
  expect(value('process_memory_limit_bytes')).toBeGreaterThan(value('process_resident_memory_bytes'));
  expect(value('nodejs_heap_size_limit_bytes')).toBeGreaterThan(value('nodejs_heap_size_used_bytes'));
  await app.close();
});

it('the lag of the event loop is measured without waking an idle process more than twenty times a second', async () => {
  const port = await freePort();
  const options = { service: 'spec', port, host: '127.0.0.1' };
  const app = await NestFactory.createApplicationContext(InternalServerModule.forRoot(options), { logger: false });
  const shortest = async () => {
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(/^nodejs_eventloop_lag_min_seconds\{.*\} (.+)$/m.exec(metrics)?.[1]);
  };
  // A scrape begins the measurement anew.
  await shortest();
  await pause(500);
  const seconds = await shortest();
  expect(seconds).toBeGreaterThan(0.049);
  expect(seconds).toBeLessThan(10);
  await app.close();
});
