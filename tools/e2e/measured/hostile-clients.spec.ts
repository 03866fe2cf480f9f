import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestUser } from '@convene/testing/inbox-rows';
import { percentile } from '@convene/tools/demo/hops';
import { SocketFleet } from '@convene/tools/e2e/test-support/socket-fleet';
import type { Device } from '@convene/tools/simulated-users/device';
import { atRate } from '@convene/tools/simulated-users/pace';

const PEOPLE = 50;
const RATE = 50;
const MEASURE_S = 6;
/** Below that a difference is the scheduler's: attackers, victims and gateway share the machine's few cores here. */
const NOISE_MS = 25;
const limitFor = (calmMs: number) => Math.max(2 * calmMs, NOISE_MS);

let fleet: SocketFleet;
let people: TestUser[];
let devices: Device[];
let turn = 0;

beforeAll(async () => {
  fleet = await SocketFleet.open({ env: { RATE_LIMIT_SCALE: '1' } });
  people = await fleet.rows.users(PEOPLE);
  devices = [];
  for (const user of people) devices.push(await fleet.device(user));
});
afterAll(async () => {
  await fleet.close();
});

/** One notification for the next of the people. @returns milliseconds until their device had it. */
async function latency(): Promise<number> {
  const index = turn++ % PEOPLE;
  const [user, device] = [people[index] as TestUser, devices[index] as Device];
  const seq = await fleet.notify(user);
  const { at, frame } = await device.until(() => device.received.find((one) => one.frame.seq === seq), `seq ${seq}`);
  return at - Date.parse(frame.occurredAt ?? '');
}

async function measure(until: Promise<unknown>): Promise<number> {
  const times: number[] = [];
  let over = false;
  // A percentile of fewer samples than the other side has would be another figure.
  const longEnough = new Promise((resolve) => setTimeout(resolve, MEASURE_S * 1_000));
  void Promise.all([until, longEnough]).finally(() => (over = true));
  while (!over) await atRate(RATE, 1, async () => void times.push(await latency()));
  return percentile(times, 0.99);
}

const calm = () => measure(Promise.resolve());

/** An attacker that is ready. @returns what begins the attack, and resolves to what became of it. */
async function attacker(kind: string): Promise<() => Promise<Record<string, unknown>>> {
  const token = await fleet.token(await fleet.rows.user());
  const script = join(__dirname, '../test-support/attacks.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, kind, fleet.gateway().url, token], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  await lines.next();
  return async () => {
    child.stdin.write('go\n');
    return JSON.parse((await lines.next()).value ?? '{}') as Record<string, unknown>;
  };
}

/** The outcome of the attack, while all other clients receive their frames as usual. */
async function outcomeOf(kind: string): Promise<Record<string, unknown>> {
  let outcome: Record<string, unknown> = {};
  // A hiccup of the machine fails one round, a gateway that suffers fails both.
  for (let round = 1, calmP99 = 0, attackedP99 = Infinity; attackedP99 > limitFor(calmP99); round += 1) {
    const attack = await attacker(kind);
    const before = await calm();
    const attacking = attack();
    attackedP99 = await measure(attacking);
    outcome = await attacking;
    calmP99 = Math.max(before, await calm());
    console.log(
      `${kind}: others' p99 ${calmP99} ms calm, ${attackedP99} ms under attack. The attacker: ${JSON.stringify(outcome)}`,
    );
    if (round === 2) expect(attackedP99).toBeLessThanOrEqual(limitFor(calmP99));
  }
  expect(fleet.gateway().isRunning).toBe(true);
  expect(devices.flatMap(({ faults }) => faults)).toEqual([]);
  expect(devices.every(({ arrivals }) => arrivals.length === 1)).toBe(true);
  return outcome;
}

it('frames of 1.1 MB end the connection', async () => {
  expect(await outcomeOf('oversized')).toEqual({ reasons: ['transport close'], ended: 20 });
});

it('malformed packets end the connection or are ignored, and the process keeps running', async () => {
  const { ended, served } = await outcomeOf('malformed');
  expect(ended).toBeGreaterThan(10);
  expect(served).toBeGreaterThan(2);
});

it('of 10,000 half-open upgrades from one address all beyond its limit are closed at once, and the others at their time-out', async () => {
  const { cutOff, served, longestCutOff, seconds } = await outcomeOf('half-open');
  // WS_MAX_CONNECTIONS_PER_ADDRESS, and the hundred who would be told why they are refused.
  expect({ cutOff, served }).toEqual({ cutOff: 8_900, served: 1_100 });
  expect(Number(longestCutOff)).toBeLessThan(5);
  expect(Number(seconds)).toBeLessThan(25);
});

it('upgrades that are followed by nothing are closed after ten seconds', async () => {
  const { upgraded, seconds } = await outcomeOf('silent');
  expect(upgraded).toBe(200);
  expect(Number(seconds)).toBeGreaterThan(9);
  expect(Number(seconds)).toBeLessThan(20);
});

it('a flood of one event ends the connection with a reason and a time to retry', async () => {
  expect(await outcomeOf('flood')).toMatchObject({
    ...{ floods: 4, sameEnd: true },
    closing: { code: 'RATE_LIMITED', reconnect: true, retryAfterMs: 10_000 },
  });
});
