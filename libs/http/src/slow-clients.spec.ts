import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { defineRoute } from '@convene/contracts/http/route';
import { logger } from '@convene/observability/logger';
import { Handles } from './handles';
import { httpAdapter, prepareHttp } from './http-app';
import { Call, type RouteCall } from './route-call';

const Echo = defineRoute('POST /echo', {
  operationId: 'echo',
  tag: 'operations',
  summary: '',
  access: 'public',
  body: z.object({ text: z.string() }),
  response: z.unknown(),
});

@Controller()
class EchoController {
  @Handles(Echo)
  echo(@Call() { body }: RouteCall<typeof Echo>) {
    return body;
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

const LIMIT_MS = 1_000;
/** A byte every so often, as long as the server takes it. */
const DRIP_MS = 100;

async function start(requestTimeoutMs?: number): Promise<NestFastifyApplication> {
  const adapter = httpAdapter(requestTimeoutMs === undefined ? {} : { requestTimeoutMs });
  const app = await NestFactory.create<NestFastifyApplication>(EchoModule, adapter, {
    bodyParser: false,
    logger: false,
  });
  await prepareHttp(app, { origins: [] });
  return app;
}

function drip(socket: Socket): void {
  const timer = setInterval(() => socket.write(' '), DRIP_MS);
  socket.once('close', () => clearInterval(timer));
}

describe('a client that sends single bytes', () => {
  let app: NestFastifyApplication;
  let port: number;
  beforeAll(async () => {
    app = await start(LIMIT_MS);
    await app.listen(0, '127.0.0.1');
    ({ port } = app.getHttpServer().address() as AddressInfo);
  });
  afterAll(() => app.close());

  const echo = () =>
    fetch(`http://127.0.0.1:${port}/echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"text":"hello"}',
    });

  it.each([
    ['of its body', 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{'],
    ['of its headers', 'POST /echo HTTP/1.1\r\nHost: x\r\nX-Slow: '],
  ])('in %s is disconnected within the time-out, while others are served', async (_what, head) => {
    const errors = jest.spyOn(logger, 'error');
    const began = performance.now();
    const socket = connect({ port, host: '127.0.0.1' }).on('error', () => undefined);
    socket.write(head);
    drip(socket);
    const answer = text(socket);
    const closed = once(socket, 'close');
    expect((await echo()).status).toBe(201);
    await closed;
    const tookMs = performance.now() - began;
    expect(tookMs).toBeGreaterThanOrEqual(LIMIT_MS);
    expect(tookMs).toBeLessThan(3 * LIMIT_MS);
    expect(await answer).toMatch(/^HTTP\/1.1 408 /);
    expect((await echo()).status).toBe(201);
    expect(errors).not.toHaveBeenCalled();
    errors.mockRestore();
  });
});

it('every server has time-outs by default', async () => {
  const app = await start();
  const server = app.getHttpServer();
  expect(server.headersTimeout).toBe(10_000);
  expect(server.requestTimeout).toBe(15_000);
  expect(server.timeout).toBe(60_000);
  await app.close();
});
