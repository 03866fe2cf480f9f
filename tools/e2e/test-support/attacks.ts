/**
 * Run as a process of its own, so that an attacker's work is not the victims': `tsx attacks.ts <kind> <url> <token>`. An
 * attacker has a machine of its own, too: here it gets what processor time the gateway and the victims leave.
 */
import { connect } from 'node:net';
import { constants, setPriority } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';

const [kind = '', url = '', token = ''] = process.argv.slice(2);

setPriority(constants.priority.PRIORITY_LOW);

const HALF_OPEN = 10_000;
/** How long the gateway waits for the rest of a request. */
const HEADERS_S = 10;
const SILENT = 200;
const FLOOD = 100_000;
const FLOODS = 4;
const FLOOD_EVERY_MS = 1_500;
const OVERSIZED = 'x'.repeat(1_100_000);

/** Engine.IO and Socket.IO packets that are none, or none that a client may send. */
const MALFORMED = [
  ...['', 'zzz', '4', '42', '42[', '42["inbox.ack"', '4{"a"', '42{}', '42[1]', '42["connect",{}]', '42["disconnect"]'],
  ...['42["newListener"]', '42["__proto__",1]', '42["constructor",{}]', '43999[]', '49', '41', '40{"token":1}', '44{}'],
  ...['45-["x"]', '451-["inbox.ack",{"_placeholder":true,"num":0}]', '459-["x",{"_placeholder":true,"num":7}]'],
  ...['2probe', '5', '6', '7', '\u0000', `42${'1'.repeat(5_000)}[]`, `42/${'n'.repeat(5_000)},[]`, '0{"sid":"x"}'],
];

/** A client that is let in, and the WebSocket under it. */
async function intruder(): Promise<{ socket: Socket; raw: (data: string | Buffer) => void; gone: Promise<unknown> }> {
  const socket = io(url, { auth: { token }, transports: ['websocket'], reconnection: false, forceNew: true });
  const gone = new Promise((resolve) => socket.once('disconnect', resolve));
  await new Promise((resolve) => socket.once('session.ready', resolve));
  const { ws } = socket.io.engine.transport as unknown as { ws: { send: (data: string | Buffer) => void } };
  return { socket, gone, raw: (data) => ws.send(data) };
}

const attacks: Record<string, () => Promise<object>> = {
  async oversized() {
    const reasons = [];
    for (let turn = 0; turn < 20; turn += 1) {
      const { raw, gone } = await intruder();
      raw(`42["inbox.ack",{"seq":"${OVERSIZED}"}]`);
      reasons.push(await gone);
    }
    return { reasons: [...new Set(reasons)], ended: reasons.length };
  },

  async malformed() {
    let ended = 0;
    for (const packet of [...MALFORMED, Buffer.alloc(1_000, 0xff)]) {
      const { socket, raw, gone } = await intruder();
      raw(packet);
      // A connection that stays open is served as before.
      const answer = socket.emitWithAck('inbox.ack', { seq: 0 }).then(
        () => 'served',
        () => gone,
      );
      if ((await Promise.race([gone, answer])) !== 'served') ended += 1;
      socket.disconnect();
    }
    return { ended, served: MALFORMED.length + 1 - ended };
  },

  async 'half-open'() {
    const port = Number(new URL(url).port);
    /** Seconds each connection lasted. From its own beginning: the ten seconds of each begin when it is there. */
    const lasted: number[] = [];
    const opened = performance.now();
    for (let count = 0; count < HALF_OPEN; count += 1) {
      const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' });
      let since = performance.now();
      socket.on('connect', () => (since = performance.now()));
      socket.on('error', () => undefined).resume();
      socket.on('close', () => lasted.push((performance.now() - since) / 1_000));
      socket.write('GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: gateway\r\nUpgrade: websocket\r\n');
      if (count % 100 === 99) await wait(5);
    }
    const opening = (performance.now() - opened) / 1_000;
    while (lasted.length < HALF_OPEN) await wait(50);
    const cutOff = lasted.filter((seconds) => seconds < HEADERS_S);
    return {
      ...{ cutOff: cutOff.length, served: HALF_OPEN - cutOff.length, longestCutOff: Math.max(...cutOff) },
      ...{ opening, seconds: (performance.now() - opened) / 1_000 },
    };
  },

  async silent() {
    const opened = performance.now();
    const port = Number(new URL(url).port);
    const request =
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: gateway\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
    let upgraded = 0;
    const ends = Array.from({ length: SILENT }, () => {
      const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.3' });
      socket.on('error', () => undefined);
      socket.once('data', (answer) => (upgraded += answer.toString().startsWith('HTTP/1.1 101') ? 1 : 0));
      socket.write(request);
      return new Promise((resolve) => socket.once('close', resolve));
    });
    await Promise.all(ends);
    return { upgraded, seconds: (performance.now() - opened) / 1_000 };
  },

  /** Repeatedly, although the server states a pause of ten seconds. */
  async flood() {
    const codes = [];
    for (let turn = 0; turn < FLOODS; turn += 1) {
      const { socket, gone } = await intruder();
      const closing = new Promise<{ code: string }>((resolve) => socket.once('session.closing', resolve));
      for (let count = 0; count < FLOOD && socket.connected; count += 1) {
        socket.emit('inbox.ack', { seq: 0 });
        if (count % 1_000 === 999) await wait(1);
      }
      await gone;
      codes.push(await closing);
      await wait(FLOOD_EVERY_MS);
    }
    return { floods: codes.length, closing: codes.at(-1), sameEnd: new Set(codes.map(({ code }) => code)).size === 1 };
  },
};

// Loaded and compiled: the attack starts on a message from the spec.
process.stdout.write('ready\n');
process.stdin.once('data', () => {
  void attacks[kind]?.().then((outcome) => {
    process.stdout.write(JSON.stringify(outcome));
    process.exit(0);
  });
});
