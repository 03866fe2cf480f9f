import type { Socket } from 'socket.io';

type EngineConnection = Socket['conn'];

/** Engine.IO's packet: `data` is a string of mostly ASCII, as JSON of ours is, or a buffer. */
interface Packet {
  readonly data?: { readonly length?: number };
}

/** The WebSocket under a transport that is one. */
interface WebSocket {
  readonly bufferedAmount: number;
  terminate(): void;
}

const NOTHING: readonly Packet[] = [];

/** What a connection's client has not taken yet, counted without looking at any packet twice. */
export class Backlog {
  private buffer = NOTHING;
  private counted = 0;
  private bytes = 0;

  /** @returns bytes that wait in this process: packets not written yet, and what the kernel has not taken of those that are. */
  measure(connection: EngineConnection): number {
    const writeBuffer = unwritten(connection);
    // The engine takes a new array whenever it has written the old one.
    if (writeBuffer !== this.buffer || writeBuffer.length < this.counted) {
      // What is written must not be kept from being forgotten.
      this.buffer = writeBuffer.length > 0 ? writeBuffer : NOTHING;
      this.counted = 0;
      this.bytes = 0;
    }
    for (; this.counted < writeBuffer.length; this.counted += 1) {
      this.bytes += writeBuffer[this.counted]?.data?.length ?? 0;
    }
    return this.bytes + (underlying(connection)?.bufferedAmount ?? 0);
  }
}

/** Packets that the engine has not handed to the transport: private to its types, and nowhere else to be seen. */
export function unwritten(connection: EngineConnection): Packet[] {
  return (connection as unknown as { writeBuffer: Packet[] }).writeBuffer;
}

export function underlying({ transport }: EngineConnection): WebSocket | undefined {
  return (transport as { socket?: WebSocket }).socket;
}
