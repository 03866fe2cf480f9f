import type { Socket } from 'socket.io';

export type EngineConnection = Socket['conn'];

/** Engine.IO's packet: `data` is a string of mostly ASCII, as the gateway's JSON is, or a buffer. */
interface Packet {
  readonly data?: { readonly length?: number };
}

/** The WebSocket under a transport that is one. */
interface WebSocket {
  readonly bufferedAmount: number;
  terminate(): void;
}

const NOTHING: readonly Packet[] = [];

/** Bytes that a client has not taken yet. Each packet is counted once, however often the backlog is measured. */
export class Backlog {
  private buffer = NOTHING;
  private counted = 0;
  private bytes = 0;

  /** @returns bytes of packets not yet handed to the transport, plus those that the kernel has not taken. */
  measure(connection: EngineConnection): number {
    const writeBuffer = writeBufferOf(connection);
    // The engine replaces the array after each flush.
    if (writeBuffer !== this.buffer || writeBuffer.length < this.counted) {
      // An empty array is not kept: its predecessor can then be collected.
      this.buffer = writeBuffer.length > 0 ? writeBuffer : NOTHING;
      this.counted = 0;
      this.bytes = 0;
    }
    for (; this.counted < writeBuffer.length; this.counted += 1) {
      this.bytes += writeBuffer[this.counted]?.data?.length ?? 0;
    }
    return this.bytes + bufferedBytes(connection);
  }
}

/** Whether packets wait that the engine has not handed to the transport. */
export function hasUnwritten(connection: EngineConnection): boolean {
  return writeBufferOf(connection).length > 0;
}

/** Drops the packets that the engine has not handed to the transport. */
export function dropUnwritten(connection: EngineConnection): void {
  writeBufferOf(connection).length = 0;
}

/** Bytes handed to a WebSocket that the kernel has not taken; 0 for other transports. */
export function bufferedBytes(connection: EngineConnection): number {
  return webSocketOf(connection)?.bufferedAmount ?? 0;
}

/** Cuts the TCP connection of a WebSocket without the closing handshake. */
export function terminate(connection: EngineConnection): void {
  webSocketOf(connection)?.terminate();
}

function writeBufferOf(connection: EngineConnection): Packet[] {
  return (connection as unknown as { writeBuffer: Packet[] }).writeBuffer;
}

function webSocketOf({ transport }: EngineConnection): WebSocket | undefined {
  return (transport as { socket?: WebSocket }).socket;
}
