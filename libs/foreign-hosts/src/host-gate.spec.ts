import { CircuitState } from 'cockatiel';
import { register } from 'prom-client';
import { HostGate } from './host-gate';
import { ForeignHostUnavailable } from './host-unavailable';

const TIMEOUT_MS = 60;
const PAUSE_MS = 120;

let kinds = 0;
const open = (over: { concurrency?: number; waiting?: number; failures?: number; pauseMs?: number } = {}) => {
  const kind = `gate_${++kinds}`;
  const options = { kind, concurrency: 2, waiting: 1, failures: 2, timeoutMs: TIMEOUT_MS, pauseMs: PAUSE_MS, ...over };
  return { kind, gate: new HostGate(options) };
};
const metric = async (name: string, labels: string) =>
  Number(new RegExp(`^${name}\\{${labels}\\} (\\d+)`, 'm').exec(await register.metrics())?.[1] ?? NaN);
const openBreakers = (kind: string) => metric('foreign_host_breakers_open', `kind="${kind}"`);
const silent = () => new Promise<never>(() => undefined);
const failing = () => Promise.reject(new Error('ECONNREFUSED'));
const reasonOf = (call: Promise<unknown>) => call.then(String, (error: ForeignHostUnavailable) => error.reason);

it('the host gate passes answers through', async () => {
  const { gate } = open();
  expect(await gate.call(async () => 'answer')).toBe('answer');
  expect(gate.proven).toBe(true);
});

it('the host gate aborts a call after its time-out, with an error that the pipeline waits out', async () => {
  const { kind, gate } = open();
  let aborted = false;
  const started = performance.now();
  const error: unknown = await gate
    .call((signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return silent();
    })
    .catch((reason: unknown) => reason);
  expect(performance.now() - started).toBeLessThan(10 * TIMEOUT_MS);
  expect(error).toBeInstanceOf(ForeignHostUnavailable);
  expect(error).toMatchObject({
    transient: true,
    dependency: kind,
    reason: 'failed',
    message: expect.stringContaining('no answer in time'),
  });
  expect(aborted).toBe(true);
});

it('the host gate limits simultaneous and waiting calls, and refuses the others at once', async () => {
  const { gate } = open();
  let calls = 0;
  const release: (() => void)[] = [];
  const call = () =>
    gate.call(async () => {
      calls += 1;
      await new Promise<void>((resolve) => release.push(resolve));
    });
  const [first, second, third] = [call(), call(), call()];
  expect(await reasonOf(call())).toBe('busy');
  expect(calls).toBe(2);
  release.shift()?.();
  await first;
  while (calls < 3) await new Promise(setImmediate);
  for (const done of release) done();
  await Promise.all([second, third]);
  expect(gate.idle).toBe(true);
});

it('the host gate stops calling a failing host, tests it with one call, and resumes after an answer', async () => {
  const { kind, gate } = open({ waiting: 10 });
  expect(await openBreakers(kind)).toBe(0);
  await Promise.allSettled([gate.call(failing), gate.call(failing)]);
  expect([gate.state, gate.proven]).toEqual([CircuitState.Open, false]);
  expect(await openBreakers(kind)).toBe(1);
  let calls = 0;
  const refused = await Promise.all([1, 2, 3].map(() => reasonOf(gate.call(async () => void (calls += 1)))));
  expect([refused, calls]).toEqual([['breaker_open', 'breaker_open', 'breaker_open'], 0]);

  while (gate.refuses) await new Promise((resolve) => setTimeout(resolve, 5));
  const trial = reasonOf(gate.call(silent));
  expect(await reasonOf(gate.call(async () => 'not made'))).toBe('breaker_open');
  expect([await trial, await openBreakers(kind)]).toEqual(['failed', 1]);

  while (gate.refuses) await new Promise((resolve) => setTimeout(resolve, 5));
  await gate.call(async () => 'back');
  expect([gate.state, gate.proven, await openBreakers(kind)]).toEqual([CircuitState.Closed, true, 0]);
  expect(await metric('foreign_host_calls_total', `kind="${kind}",outcome="breaker_open"`)).toBe(4);
});

it('the host gate refuses waiting calls when the breaker opens', async () => {
  // On a slow machine the breaker must not try the host again while the calls are still being refused.
  const { gate } = open({ concurrency: 2, waiting: 50, pauseMs: 60_000 });
  const started = performance.now();
  const reasons = await Promise.all(Array.from({ length: 50 }, () => reasonOf(gate.call(silent))));
  // Two failures in a row, and at most the call that took the place of the first.
  expect(reasons.filter((reason) => reason === 'failed').length).toBeLessThanOrEqual(3);
  // Two at a time, each in vain, would have taken 25 times the time limit.
  expect(performance.now() - started).toBeLessThan(12 * TIMEOUT_MS);
});
