import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { register } from 'prom-client';
import { z } from 'zod';
import { ConveneError, Problem } from '@convene/contracts/errors';
import { defineRoute } from '@convene/contracts/http/route';
import { currentTrace } from '@convene/observability/trace';
import { Handles } from './handles';
import { httpAdapter, prepareHttp } from './http-app';
import { Call, type RouteCall } from './route-call';

const Thing = z.strictObject({ name: z.string().min(3), size: z.int() });

const thing = { tag: 'operations', summary: '', access: 'public' } as const;
const CreateThing = defineRoute('POST /things', { ...thing, operationId: 'a', body: Thing, response: z.unknown() });
const Optional = z.object({ a: z.string().optional() }).default({});
const CreateOptional = defineRoute('POST /things/optional', {
  ...thing,
  operationId: 'b',
  body: Optional,
  response: Optional,
});
const ReadThing = defineRoute('GET /things/{id}', { ...thing, operationId: 'c', response: z.unknown() });
const TouchThing = defineRoute('POST /things/{id}', { ...thing, operationId: 'd' });

@Controller()
class ThingsController {
  @Handles(CreateThing)
  create(@Call() { body }: RouteCall<typeof CreateThing>) {
    return { thing: body, traceId: currentTrace()?.traceId };
  }
  @Handles(CreateOptional)
  optional(@Call() { body }: RouteCall<typeof CreateOptional>) {
    return body;
  }
  @Get('things/broken')
  broken() {
    throw new Error('secret detail of bo@example.com');
  }
  @Get('things/pool')
  pool() {
    throw new Error('query failed', { cause: new Error('timeout exceeded when trying to connect') });
  }
  @Handles(ReadThing)
  one(@Call() { params }: RouteCall<typeof ReadThing>) {
    throw new ConveneError('NOT_FOUND', undefined, { cause: params.id });
  }
  @Handles(TouchThing)
  touch(@Call() _: RouteCall<typeof TouchThing>) {
    return undefined;
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await NestFactory.create<NestFastifyApplication>(ThingsModule, httpAdapter(), {
    bodyParser: false,
    logger: false,
  });
  await prepareHttp(app, { origins: ['https://app.example'] });
  await app.init();
});
afterAll(() => app.close());

const json = { 'content-type': 'application/json' };
const post = (payload: string, headers: Record<string, string> = json, url = '/things') =>
  app.inject({ method: 'POST', url, payload, headers });
const good = JSON.stringify({ name: 'desk', size: 2 });
const UNKNOWN = '0190b6d4-7c00-7000-8000-000000000001';

describe('errors', () => {
  it.each([
    ['malformed JSON', () => post('{"a":'), 400, 'MALFORMED_JSON'],
    ['another media type', () => post('name=desk', { 'content-type': 'text/plain' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a body too large', () => post(JSON.stringify({ name: 'x'.repeat(70_000) })), 413, 'PAYLOAD_TOO_LARGE'],
    ['an unknown route', () => app.inject('/nowhere'), 404, 'ROUTE_NOT_FOUND'],
    ['an unknown method', () => app.inject({ method: 'DELETE', url: '/things' }), 404, 'ROUTE_NOT_FOUND'],
    ['a path that does not decode', () => app.inject('/things/%E0%A4%A'), 404, 'ROUTE_NOT_FOUND'],
    ['a compressed body', () => post(good, { ...json, 'content-encoding': 'gzip' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'another charset',
      () => post(good, { 'content-type': 'application/json; charset=utf-16' }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['a body that is none', () => post(''), 422, 'VALIDATION_FAILED'],
    ['an exhausted pool', () => app.inject('/things/pool'), 503, 'UNAVAILABLE'],
    ['what we do not know', () => app.inject('/things/broken'), 500, 'INTERNAL'],
  ] as const)('%s has the documented shape', async (_, send, status, code) => {
    const answer = await send();
    const problem = Problem.parse(answer.json());
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect({ status: answer.statusCode, code: problem.code }).toEqual({ status, code });
    expect(problem).toMatchObject({ status, type: `/problems/${code}`, traceId: answer.headers['x-trace-id'] });
  });

  it('are absent for a declared charset of UTF-8', async () => {
    for (const type of ['application/json; charset=utf-8', 'application/json;charset="UTF-8"']) {
      expect((await post(good, { 'content-type': type, 'content-encoding': 'identity' })).statusCode).toBe(201);
    }
  });

  it('name every invalid field, and quote no value', async () => {
    const answer = await post(JSON.stringify({ name: 'x', size: 'hunter2', colour: 'red' }));
    expect(
      answer
        .json()
        .errors.map(({ field }: { field: string }) => field)
        .sort(),
    ).toEqual(['colour', 'name', 'size']);
    expect(answer.json().detail).toMatch(/name: .*3/);
    expect(answer.body).not.toMatch(/hunter2|red/);
  });

  it('state the time to retry', async () => {
    const answer = await app.inject('/things/pool');
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.json()).toMatchObject({ retryable: true, retryAfterMs: 1000 });
  });

  it('reveal nothing of unknown errors', async () => {
    expect((await app.inject('/things/broken')).body).not.toMatch(/secret|example|stack/);
  });

  it('do not distinguish a malformed id from an unknown one', async () => {
    const [impossible, unknown] = await Promise.all([app.inject('/things/x'), app.inject(`/things/${UNKNOWN}`)]);
    const shape = (answer: typeof unknown) => ({ ...answer.json(), traceId: '', status: answer.statusCode });
    expect(shape(impossible)).toEqual(shape(unknown));
  });
});

describe('bodies', () => {
  it('can be empty with the type JSON', async () => {
    expect((await post('', json, '/things/optional')).statusCode).toBe(201);
  });

  it('cannot reach a prototype', async () => {
    const answer = await post('{"a":"b","__proto__":{"polluted":true}}', json, '/things/optional');
    expect(answer.json()).toEqual({ a: 'b' });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('traces', () => {
  it('continue the caller’s trace through the body, and are returned in a header', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const answer = await post(good, { ...json, traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    expect(answer.headers['x-trace-id']).toBe(traceId);
    expect(answer.json().traceId).toBe(traceId);
  });
});

describe('a body that arrives late, on its own socket', () => {
  it('is handled in the trace of its request', async () => {
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const sent = request({
      port,
      method: 'POST',
      path: '/things',
      headers: { ...json, 'content-length': good.length },
    });
    sent.write(good.slice(0, 5));
    // The server has the headers, and runs its first hooks, before the rest comes.
    await once(app.getHttpServer(), 'request');
    setImmediate(() => sent.end(good.slice(5)));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const body = JSON.parse(await text(answer)) as { traceId?: string };
    expect(body.traceId).toBe(answer.headers['x-trace-id']);
  });
});

describe('foreign pages', () => {
  const from = (origin: string, more = {}) => post(good, { ...json, host: 'api.example', origin, ...more });

  it('cannot write with a cookie', async () => {
    expect((await from('https://evil.example')).json().code).toBe('ORIGIN_NOT_ALLOWED');
    expect((await from('null')).json().code).toBe('ORIGIN_NOT_ALLOWED');
    expect((await post(good, { ...json, 'sec-fetch-site': 'cross-site' })).json().code).toBe('ORIGIN_NOT_ALLOWED');
  });

  it('cannot write with a cookie and a header that they or the browser add', async () => {
    const cookie = 'convene_refresh=x';
    for (const authorization of ['Bearer x', 'Basic x', 'x']) {
      expect((await from('https://evil.example', { authorization, cookie })).json().code).toBe('ORIGIN_NOT_ALLOWED');
    }
    expect((await from('https://evil.example', { authorization: 'Basic x' })).json().code).toBe('ORIGIN_NOT_ALLOWED');
    expect((await from('https://app.example', { authorization: 'Bearer x', cookie })).statusCode).toBe(201);
  });

  it('are distinguished from our own, from listed ones and from bearer tokens', async () => {
    expect((await from('https://api.example')).statusCode).toBe(201);
    expect((await from('https://app.example')).statusCode).toBe(201);
    expect((await from('https://evil.example', { authorization: 'Bearer x' })).statusCode).toBe(201);
    expect((await post(good)).statusCode).toBe(201);
  });

  it('are allowed by CORS only when listed', async () => {
    const preflight = (origin: string) =>
      app.inject({
        method: 'OPTIONS',
        url: '/things',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization, idempotency-key',
        },
      });
    const { statusCode, headers: listed } = await preflight('https://app.example');
    expect(statusCode).toBe(204);
    expect(listed).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'authorization, idempotency-key',
      'access-control-allow-methods': expect.stringContaining('PATCH'),
      'access-control-max-age': '600',
      vary: 'origin, access-control-request-headers',
    });
    const foreign = (await preflight('https://evil.example')).headers;
    expect(Object.keys(foreign).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it('let only listed pages read a response, also that of a refusal', async () => {
    const listed = await app.inject({ url: `/things/${UNKNOWN}`, headers: { origin: 'https://app.example' } });
    expect(listed.statusCode).toBe(404);
    expect(listed.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': expect.stringContaining('ratelimit-policy'),
      vary: 'origin',
    });
    for (const headers of [{}, { origin: 'https://app.example.evil' }, { origin: 'null' }]) {
      const other = await app.inject({ url: '/nowhere', headers });
      expect(other.headers['access-control-allow-origin']).toBeUndefined();
      expect(other.headers.vary).toBe('origin');
    }
  });
});

it('every answer has protective headers', async () => {
  const { headers } = await app.inject('/things/broken');
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  expect(headers['x-content-type-options']).toBe('nosniff');
});

it('requests are counted by route, never by path', async () => {
  await app.inject(`/things/${UNKNOWN}`);
  const metrics = await register.metrics();
  expect(metrics).toMatch(/http_requests_total\{method="GET",route="\/things\/:id",status="404"\} \d/);
  expect(metrics).toMatch(/http_request_duration_seconds_bucket\{/);
  expect(metrics).not.toContain(UNKNOWN);
});
