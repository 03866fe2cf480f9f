import { atRate, flatOut } from '../simulated-users/pace';
import type { CallCounts } from '../simulated-users/persistent-caller';
import { UserPairs, UserPairsOptions } from '../simulated-users/user-pairs';
import { measureHops, percentile } from './hops';

const PAIRS = 150;
const CONCURRENCY = 16;
const WARM_UP_S = 4;
const SATURATE_S = 10;
const MEASURE_S = 30;
const SETTLE_MS = 60_000;

const say = (text: string) => process.stdout.write(`${text}\n`);

/**
 * Finds the rate at which this machine, with clients, servers and all five processes on it, saturates; then measures at
 * half of it. @returns what broke the promise: nothing, if it was kept.
 */
export async function runLoad(options: Omit<UserPairsOptions, 'pairs'>): Promise<string[]> {
  const persistent: CallCounts = { accepted: 0, refused: 0, broken: 0 };
  const userPairs = await UserPairs.create({ ...options, pairs: PAIRS, persistent });
  try {
    await userPairs.connect();
    say(`${userPairs.users.length} clients connected. Each write is one HTTP request, one event, one notification.`);
    await flatOut(CONCURRENCY, WARM_UP_S, () => userPairs.write());
    await userPairs.settled(SETTLE_MS);

    const start = performance.now();
    const writes = await flatOut(CONCURRENCY, SATURATE_S, () => userPairs.write());
    await userPairs.settled(SETTLE_MS);
    const saturation = writes / ((performance.now() - start) / 1_000);
    say(
      `Saturation: ${saturation.toFixed(0)} events a second, end to end (${writes} writes, until the last was seen).`,
    );

    const half = saturation / 2;
    const since = new Date();
    const before = notificationsSeen(userPairs);
    say(`Now ${half.toFixed(0)} a second for ${MEASURE_S} s.`);
    const answers: number[] = [];
    const timedWrite = async () => {
      const asked = performance.now();
      await userPairs.write();
      answers.push(performance.now() - asked);
    };
    const total = await atRate(half, MEASURE_S, timedWrite);
    await userPairs.settled(SETTLE_MS);
    await report(userPairs, options.databaseUrl, since, answers);
    const seen = notificationsSeen(userPairs) - before;
    const duplicates = userPairs.users.reduce((sum, { device }) => sum + device.duplicates, 0);
    say(`\n${total} writes, ${seen} notifications seen, ${duplicates} frames came twice (allowed, dropped by seq).`);
    if (persistent.refused + persistent.broken > 0) {
      say(
        `${persistent.refused} calls were asked to come again, ${persistent.broken} broke off: repeated with the same key.`,
      );
    }
    return userPairs.faults();
  } finally {
    userPairs.disconnect();
  }
}

async function report(userPairs: UserPairs, databaseUrl: string, since: Date, answers: number[]): Promise<void> {
  const arrivals = new Map(
    userPairs.users.flatMap(({ device }) => device.received.map((received) => [received.frame.id, received] as const)),
  );
  const hops = await measureHops(databaseUrl, arrivals, since);
  say(`\n${'hop'.padEnd(38)}${'p50'.padStart(9)}${'p99'.padStart(9)}   (ms)`);
  for (const [name, values] of [['request → answer', answers] as const, ...hops]) {
    say(name.padEnd(38) + [0.5, 0.99].map((share) => percentile(values, share).toFixed(1).padStart(9)).join(''));
  }
}

const notificationsSeen = ({ users }: UserPairs) => users.reduce((sum, { device }) => sum + device.received.length, 0);
