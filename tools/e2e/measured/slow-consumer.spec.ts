import type { Socket } from 'socket.io-client';
import type { TestPerson } from '@convene/testing/inbox-rows';
import { SocketFleet } from '@convene/tools/e2e/test-support/socket-fleet';
import { until } from '@convene/tools/e2e/test-support/test-system';

const COUNT = 20_000;
const TEXT = 'x'.repeat(2_000);
const MEBIBYTE = 1_048_576;
const upTo = (n: number, from = 1) => Array.from({ length: n - from + 1 }, (_, i) => from + i);

/** The WebSocket under a client, which can stop reading as a phone in a tunnel does. */
const wire = (socket: Socket) =>
  (socket.io.engine.transport as unknown as { ws: { pause(): void; resume(): void } }).ws;

it('a client that stops reading under 20,000 frames of 2 KB is disconnected, costs the gateway little, and resumes with all of them', async () => {
  await SocketFleet.with({ env: { WS_RESUME_LIMIT: '50000' } }, async (fleet) => {
    const [ana, bo] = (await fleet.rows.users(2)) as [TestPerson, TestPerson];
    const reader = await fleet.device(ana);
    // Once with a client that reads, so that the growth below is not the warm-up of the process.
    await fleet.notify(ana, COUNT, TEXT);
    await reader.until(() => reader.seq === COUNT, 'all frames', 60_000);

    const { socket: sleeper, ready } = await fleet.socket(bo);
    const seqs: number[] = [];
    const closing = new Promise<{ code: string; reconnect: boolean }>((r) => sleeper.once('session.closing', r));
    sleeper.on('notifications.created', ({ seq }: { seq: number }) => seqs.push(seq));
    wire(sleeper).pause();

    const before = fleet.rss();
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, fleet.rss())), 50);
    await fleet.notify(bo, COUNT, TEXT);
    await until(async () => (await fleet.metric('ws_sessions_closed_total', 'SLOW_CONSUMER')) === 1);
    clearInterval(watch);
    console.log(`Memory grew by ${((most - before) / MEBIBYTE).toFixed(1)} MiB at most`);
    expect(most - before).toBeLessThan(30 * MEBIBYTE);

    wire(sleeper).resume();
    expect(await closing).toMatchObject({ code: 'SLOW_CONSUMER', reconnect: true });
    const lastSeq = seqs.at(-1) ?? 0;
    expect(seqs).toEqual(upTo(lastSeq));
    expect(lastSeq).toBeLessThan(COUNT);
    const again = await fleet.device(bo, 1, { place: { lastSeq, epoch: ready.epoch } });
    await again.until(() => again.seq === COUNT, 'what was missed', 60_000);
    expect(again.received.map(({ frame }) => frame.seq)).toEqual(upTo(COUNT, lastSeq + 1));
    expect([...again.faults, ...reader.faults]).toEqual([]);
  });
});
