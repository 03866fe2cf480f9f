import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { io, type Socket } from 'socket.io-client';
import {
  NamedProbeGateway,
  OtherNamedProbeGateway,
  OtherProbeGateway,
  ProbeGateway,
} from '../test-support/probe-gateways';
import { LeanIoAdapter } from './lean-io-adapter';

@Module({ providers: [ProbeGateway, OtherProbeGateway, NamedProbeGateway, OtherNamedProbeGateway] })
class ProbeModule {}

/** What a client received, in order: events with their arguments, and answers. */
type Received = unknown[][];

class Probe {
  private constructor(
    private readonly app: INestApplication,
    private readonly client: Socket,
  ) {}

  static async under(Adapter: typeof IoAdapter, namespace = '/'): Promise<Probe> {
    const app = await NestFactory.create(ProbeModule, new FastifyAdapter(), { logger: false });
    app.useWebSocketAdapter(new Adapter(app));
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const client = io(`http://127.0.0.1:${port}${namespace}`, { transports: ['websocket'], reconnection: false });
    await new Promise<void>((resolve) => client.once('connect', resolve));
    return new Probe(app, client);
  }

  /** What the client gets for one message, with an acknowledgement asked for or not. */
  async send(acknowledged: boolean, event: string, ...args: unknown[]): Promise<Received> {
    const received: Received = [];
    const record = (...event: unknown[]) => received.push(event);
    this.client.onAny(record);
    const ack = (...answer: unknown[]) => received.push(['(ack)', ...answer]);
    this.client.emit(event, ...args, ...(acknowledged ? [ack] : []));
    await this.client.emitWithAck('fence');
    this.client.offAny(record);
    return received;
  }

  get seen(): string[][] {
    return [ProbeGateway, OtherProbeGateway].map((gateway) => this.app.get(gateway).seen);
  }

  /** Resolves when every class of the named namespace has seen its client disconnect. */
  get namedDisconnected(): Promise<unknown> {
    return Promise.all([NamedProbeGateway, OtherNamedProbeGateway].map((gateway) => this.app.get(gateway).gone));
  }

  async hangUp(): Promise<void> {
    this.client.disconnect();
    while (!this.seen.every((seen) => seen.includes('disconnected'))) await nextTurn();
  }

  ask(event: string): Promise<unknown> {
    return this.client.emitWithAck(event) as Promise<unknown>;
  }

  leave(): void {
    this.client.disconnect();
  }

  async stop(): Promise<void> {
    this.client.disconnect();
    await this.app.close();
  }
}

let stock: Probe;
let lean: Probe;

beforeEach(async () => {
  [stock, lean] = await Promise.all([Probe.under(IoAdapter), Probe.under(LeanIoAdapter)]);
});
afterEach(async () => {
  await Promise.all([stock.stop(), lean.stop()]);
});

const MESSAGES: [event: string, ...args: unknown[]][] = [
  ['value', 'text'],
  ['value'],
  ['value', null],
  ['value', [1, 2]],
  ['value', 1, { two: 2 }, [3]],
  ['value', Buffer.from('binary')],
  ['primitive'],
  ['falsy'],
  ['promise', { deep: 'down' }],
  ['observable'],
  ['promised-observable'],
  ['empty'],
  ['event', { a: 1 }],
  ['events'],
  ['acked', 'body'],
  ['nothing', 1],
  ['doubled'],
  ['exception', 'cause'],
  ['rejection'],
  ['unforeseen'],
  ['broken-observable'],
  ['filtered'],
  ['guarded'],
  ['piped', { number: '12' }],
  ['piped', { number: 'twelve' }],
  ['talks'],
  ['other', 'class'],
  ['both'],
  ['endless'],
];

it.each(MESSAGES)('the lean adapter answers %s as the stock adapter does', async (...message) => {
  for (const acknowledged of [true, false]) {
    const expected = await stock.send(acknowledged, ...message);
    expect(await lean.send(acknowledged, ...message)).toEqual(expected);
  }
});

it('the compared events are answered in different ways', async () => {
  const answers = new Set<string>();
  for (const message of MESSAGES) answers.add(JSON.stringify(await lean.send(true, ...message)));
  expect(answers.size).toBeGreaterThanOrEqual(20);
});

it('the lean adapter ends the work for a client that disconnects, and notifies each gateway class once', async () => {
  for (const probe of [stock, lean]) {
    await probe.send(false, 'endless');
    await probe.hangUp();
    expect(probe.seen.map((seen) => seen.sort())).toEqual([
      ['connected', 'disconnected', 'ended'],
      ['connected', 'disconnected'],
    ]);
  }
});

it.each([
  ['stock', IoAdapter],
  ['lean', LeanIoAdapter],
])('the lean adapter notifies all classes of a named namespace of a disconnect: %s', async (_, Adapter) => {
  const probe = await Probe.under(Adapter, '/named');
  expect(await probe.ask('where')).toBe('in the named namespace');
  probe.leave();
  await probe.namedDisconnected;
  await probe.stop();
});

it('the lean adapter answers an event without a handler, which the stock adapter ignores', async () => {
  const error = { code: 'UNKNOWN_EVENT', detail: expect.stringContaining('no.such.event'), retryable: false };
  expect(await lean.send(true, 'no.such.event', 1)).toEqual([['(ack)', { ok: false, error }]]);
  expect(await lean.send(false, 'no.such.event', 1)).toEqual([]);
  // Socket.IO listens to this one itself.
  expect(await lean.send(true, 'error', 1)).toEqual([
    ['(ack)', { ok: false, error: { ...error, detail: expect.stringContaining('error') } }],
  ]);
  expect(await stock.send(true, 'no.such.event', 1)).toEqual([]);
});
