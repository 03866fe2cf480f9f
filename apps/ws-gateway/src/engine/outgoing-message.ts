import type { Socket } from 'socket.io';

/** An option that Engine.IO's types omit: a WebSocket frame that is ready to be written. */
interface WriteOptions {
  compress?: boolean;
  readonly wsPreEncodedFrame?: readonly [Buffer];
}

/** A Socket.IO EVENT (https://socket.io/docs/v4/socket-io-protocol) of the default namespace, in Engine.IO's `message`. */
const EVENT = '2';
const MESSAGE = '4';

/** RFC 6455, section 5.2: a whole text message, and the values that announce a longer length field. */
const FINAL_TEXT = 0x81;
const IN_16_BITS = 126;
const IN_64_BITS = 127;

/**
 * An event on its way to clients, encoded once for as many as there are. What goes over a WebSocket is one buffer, header
 * and all: it leaves in one write, where Socket.IO's own header and payload are two that have to be gathered, and writing
 * is most of what sending costs (docs/bench.md).
 */
export class OutgoingMessage {
  private readonly packet: string;
  private readonly plain: WriteOptions = {};
  private framed: WriteOptions | undefined;

  constructor(event: string, frame: object) {
    this.packet = EVENT + JSON.stringify([event, frame]);
  }

  sendTo({ conn }: Socket): void {
    conn.write(this.packet, conn.transport.name === 'websocket' ? this.asFrame : this.plain);
  }

  private get asFrame(): WriteOptions {
    return (this.framed ??= { wsPreEncodedFrame: [textFrame(MESSAGE + this.packet)] });
  }
}

/** A server's frames are not masked. */
function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const start = length < IN_16_BITS ? 2 : length < 2 ** 16 ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = FINAL_TEXT;
  if (start === 2) frame[1] = length;
  else if (start === 4) {
    frame[1] = IN_16_BITS;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = IN_64_BITS;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, start);
  return frame;
}
