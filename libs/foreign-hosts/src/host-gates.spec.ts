import { register } from 'prom-client';
import { HostGates, type HostGatesOptions } from './host-gates';
import type { ForeignHostUnavailable } from './host-unavailable';

let kinds = 0;
const open = (over: Partial<HostGatesOptions> = {}) => {
  const kind = `gates_${++kinds}`;
  const options = { kind, concurrency: 4, waiting: 4, failures: 2, timeoutMs: 5_000, pauseMs: 60_000 };
  return { kind, gates: new HostGates({ ...options, maxToUnknown: 20, maxToUnproven: 4, ...over }) };
};
const openBreakers = async (kind: string) =>
  new RegExp(`foreign_host_breakers_open\\{kind="${kind}"\\} (\\d+)`).exec(await register.metrics())?.[1];
const failing = () => Promise.reject(new Error('503'));
const reasonOf = (call: Promise<unknown>) => call.then(String, (error: ForeignHostUnavailable) => error.reason);

/** Calls that never answer, until told. */
class Tarpit {
  calls = 0;
  private readonly release: (() => void)[] = [];

  readonly call = async (): Promise<void> => {
    this.calls += 1;
    await new Promise<void>((resolve) => this.release.push(resolve));
  };

  /** Answers calls until all of these are over. */
  async drainAll<T>(calls: readonly Promise<T>[]): Promise<T[]> {
    let over = false;
    const all = Promise.all(calls).finally(() => (over = true));
    while (!over) {
      for (const done of this.release.splice(0)) done();
      await new Promise(setImmediate);
    }
    return all;
  }
}

it('the host gates open the breaker of the failing host only', async () => {
  const { kind, gates } = open();
  await Promise.allSettled([gates.call('bad', failing), gates.call('bad', failing)]);
  expect(await reasonOf(gates.call('bad', async () => 'answer'))).toBe('breaker_open');
  expect(await gates.call('good', async () => 'answer')).toBe('answer');
  expect(await openBreakers(kind)).toBe('1');
});

it('the host gates isolate working hosts from any number of silent hosts', async () => {
  const { gates } = open({ known: (host) => host === 'known' });
  const tarpit = new Tarpit();
  await gates.call('proven', async () => 'answer');
  const stuck = Array.from({ length: 40 }, (_, n) => reasonOf(gates.call(`tarpit-${n}.example`, tarpit.call)));
  await new Promise(setImmediate);
  // Of forty hosts four are called; some wait, and the others are refused at once.
  expect(tarpit.calls).toBe(4);
  expect(await gates.call('proven', async () => 'answer')).toBe('answer');
  expect(await gates.call('known', async () => 'answer')).toBe('answer');
  expect(await reasonOf(gates.call('another', async () => 'answer'))).toBe('busy');
  expect((await tarpit.drainAll(stuck)).filter((reason) => reason === 'busy')).toHaveLength(24);
});

it('the host gates isolate known hosts from hosts that stop answering', async () => {
  const { gates } = open({ known: (host) => host === 'known' });
  const tarpit = new Tarpit();
  const hosts = Array.from({ length: 10 }, (_, n) => `sly-${n}.example`);
  for (const host of hosts) await gates.call(host, async () => 'answer');
  const stuck = hosts.flatMap((host) => [1, 2, 3, 4, 5].map(() => reasonOf(gates.call(host, tarpit.call))));
  await new Promise(setImmediate);
  expect(tarpit.calls).toBeLessThanOrEqual(20);
  expect(await gates.call('known', async () => 'answer')).toBe('answer');
  await tarpit.drainAll(stuck);
});

it('the host gates leave slots of unproven hosts free when one of them does not answer', async () => {
  const { gates } = open();
  const tarpit = new Tarpit();
  const stuck = Array.from({ length: 20 }, () => reasonOf(gates.call('tarpit', tarpit.call)));
  await new Promise(setImmediate);
  expect(await gates.call('new', async () => 'answer')).toBe('answer');
  expect(tarpit.calls).toBe(2);
  await tarpit.drainAll(stuck);
});

it('the host gates drop the least recently called host with its breaker, but none in use', async () => {
  const { kind, gates } = open({ maxHosts: 2 });
  const tarpit = new Tarpit();
  const busy = gates.call('busy', tarpit.call);
  await Promise.allSettled([gates.call('bad', failing), gates.call('bad', failing)]);
  expect(await openBreakers(kind)).toBe('1');
  await gates.call('good', async () => 'answer');
  expect(await openBreakers(kind)).toBe('0');
  expect(await gates.call('bad', async () => 'answer')).toBe('answer');
  await tarpit.drainAll([busy]);
});
