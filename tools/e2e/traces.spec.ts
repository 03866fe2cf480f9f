import { OtlpReceiver, type ReceivedSpan } from '@convene/testing/otlp-receiver';
import { TestSystem, until } from './test-support/test-system';

/** Far below what a hop would take that waits for the collector: an export has a time-out of 5 s. */
const DELIVERED_WITHIN_MS = 3_000;
/** Batches leave every two seconds. */
const EXPORTED_WITHIN_MS = 15_000;
/** The flush of a process that ends, beside what ending takes without it. */
const STOPPED_WITHIN_MS = 2_000 + 4_000;
const WRITES = 15;

/** Each hop of an invitation with its parent, and the app that records it. */
const CHAIN = [
  ['api-gateway', 'POST /v1/companies/:id/invites', undefined],
  ['api-gateway', 'outbox commit', 'POST /v1/companies/:id/invites'],
  ['api-gateway', 'publish invites.created', 'outbox commit'],
  ['invites-worker', 'react notify-invitee-when-invited', 'publish invites.created'],
  ['notifications-worker', 'react emit-frames', 'react notify-invitee-when-invited'],
  ['notifications-worker', 'publish frames', 'react emit-frames'],
  ['ws-gateway', 'deliver notifications.created', 'publish frames'],
] as const;

describe('traces', () => {
  let receiver: OtlpReceiver;
  beforeEach(async () => {
    receiver = await OtlpReceiver.start();
  });
  afterEach(() => receiver.stop());

  const tracing = (sampler: string) => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=a%20key',
    OTEL_TRACES_SAMPLER: sampler,
  });

  it('show an event from its request to the socket, and a collector that falls silent delays nothing', async () => {
    await TestSystem.with({ env: tracing('parentbased_always_on') }, async (system) => {
      const pairs = await system.connectPairs(1);
      await pairs.write();
      await pairs.settled(20_000);
      const frame = pairs.users.flatMap(({ device }) => device.received)[0]?.frame;
      const traceId = String(frame?.traceId);
      const names = CHAIN.map(([, name]) => name);
      const deadline = Date.now() + EXPORTED_WITHIN_MS;
      await until(async () => names.every(spanNamed) || Date.now() > deadline);
      expect(receiver.ofTrace(traceId).map(({ name }) => name)).toEqual(expect.arrayContaining(names));

      for (const [service, name, parent] of CHAIN) {
        expect({ ...spanNamed(name), name }).toMatchObject({
          service,
          parentSpanId: parent === undefined ? '' : spanNamed(parent)?.spanId,
          failed: false,
        });
      }
      expect(spanNamed('deliver notifications.created')?.attributes).toMatchObject({
        'messaging.message.id': frame?.id,
        'convene.sockets': 1,
      });
      expect(receiver.headers[0]?.['x-api-key']).toBe('a key');

      receiver.silent = true;
      for (let n = 0; n < WRITES; n += 1) {
        await pairs.write();
        await pairs.settled(DELIVERED_WITHIN_MS);
      }
      expect(await system.faults(pairs)).toEqual([]);

      const stopping = performance.now();
      await system.processes.stop();
      expect(performance.now() - stopping).toBeLessThan(STOPPED_WITHIN_MS);

      function spanNamed(name: string): ReceivedSpan | undefined {
        return receiver.ofTrace(traceId).find((span) => span.name === name);
      }
    });
  });
});
