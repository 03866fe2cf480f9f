import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What a browser sends, so that a handshake weighs what it weighs. */
const HEADERS = [
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-GB,en;q=0.9,pt;q=0.8',
  'Cache-Control: no-cache',
  'Pragma: no-cache',
].join('\r\n');

/** When a client of Socket.IO gives an attempt up. */
const TIMEOUT_MS = 20_000;
const TEXT = 0x81;
const CLOSE = 0x88;
const NO_MASK = Buffer.alloc(4);

/** What a client says of itself; `lastSeq` asks for what it has missed since. */
interface Handshake {
  readonly token: string;
  readonly lastSeq?: number;
}

export interface RawClientOptions {
  readonly port: number;
  readonly handshake: Handshake;
  /** How a message begins that says the client is live. */
  readonly liveAt: string;
  /** Called with every event that comes once it is live, as Socket.IO writes it. */
  readonly onEvent: (message: Buffer) => void;
}

/** The client was not live in time. */
export class TimeoutError extends Error {}

/**
 * As little of a Socket.IO client as a server can tell from a real one, over WebSocket: thousands of them cost the
 * machine less than the server that is measured.
 */
export class RawClient {
  private rest: Buffer = Buffer.alloc(0);
  private upgraded = false;
  private live = false;
  private declareLive: () => void = () => undefined;

  private constructor(
    private readonly tcp: Socket,
    private readonly options: RawClientOptions,
  ) {
    tcp.on('data', (chunk) => this.read(chunk));
  }

  /** Resolves when it is live. @throws when the server hangs up before. @throws TimeoutError when it is too slow. */
  static async connect(options: RawClientOptions): Promise<RawClient> {
    const tcp = connect({ port: options.port, host: '127.0.0.1', noDelay: true });
    const timer = setTimeout(() => tcp.destroy(new TimeoutError()), TIMEOUT_MS);
    try {
      await once(tcp, 'connect');
      const client = new RawClient(tcp, options);
      const live = new Promise<void>((resolve, reject) => {
        client.declareLive = resolve;
        tcp.once('error', reject);
        tcp.once('close', () => reject(new Error('The server hung up')));
      });
      tcp.write(`GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\n${HEADERS}\r\n\r\n`);
      await live;
      return client;
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.tcp.destroy();
  }

  private read(chunk: Buffer): void {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    if (!this.upgraded) {
      const end = this.rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      if (!this.rest.toString('latin1', 0, 12).endsWith(' 101')) return void this.tcp.destroy();
      this.upgraded = true;
      this.rest = this.rest.subarray(end + 4);
    }
    let at = 0;
    for (let size = frameSize(this.rest, at); size; size = frameSize(this.rest, at)) {
      const payload = this.rest.subarray(at + size.head, at + size.head + size.body);
      if (this.rest[at] === TEXT) this.onMessage(payload);
      else if (this.rest[at] === CLOSE) this.tcp.destroy();
      at += size.head + size.body;
    }
    this.rest = this.rest.subarray(at);
  }

  private onMessage(message: Buffer): void {
    const type = String.fromCharCode(message[0] ?? 0);
    if (type === '2') this.say('3');
    else if (type === '0') this.say(`40${JSON.stringify(this.options.handshake)}`);
    else if (this.live) this.options.onEvent(message);
    else if (message.toString('latin1', 0, this.options.liveAt.length) === this.options.liveAt) {
      this.live = true;
      this.declareLive();
    }
  }

  private say(text: string): void {
    const body = Buffer.from(text);
    const head =
      body.length < 126
        ? Buffer.from([TEXT, 0x80 | body.length])
        : Buffer.from([TEXT, 0xfe, body.length >> 8, body.length & 0xff]);
    this.tcp.write(Buffer.concat([head, NO_MASK, body]));
  }
}

/** Of the WebSocket frame that begins there; undefined while it is not complete. */
function frameSize(buffer: Buffer, at: number): { head: number; body: number } | undefined {
  if (buffer.length < at + 2) return undefined;
  const short = (buffer[at + 1] ?? 0) & 0x7f;
  const head = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (buffer.length < at + head) return undefined;
  const body =
    short < 126 ? short : short === 126 ? buffer.readUInt16BE(at + 2) : Number(buffer.readBigUInt64BE(at + 2));
  return buffer.length < at + head + body ? undefined : { head, body };
}
