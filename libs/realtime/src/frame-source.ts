import type { Namespace } from 'socket.io';

/** A frame as a publisher left it on the FrameBus. */
export interface ArrivedFrame {
  readonly room: string;
  readonly event: string;
  readonly frame: Record<string, unknown>;
}

export type FrameListener = (arrived: ArrivedFrame) => void;

/**
 * The gateway's end of the FrameBus. Frames come here, not to the sockets: delivery is strictly by seq and by
 * membership version, which no adapter knows.
 */
export abstract class FrameSource {
  /** From now on frames arrive for the rooms this adapter's sockets are in. To be called once, before there are any. */
  abstract follow(rooms: RoomAdapter): void;

  abstract onFrame(listener: FrameListener): void;

  /** Called after an outage, once everything this node needs is heard again. */
  abstract onRecovered(listener: () => void): void;

  /** Waits until frames for these rooms arrive here; true when it had to wait for one that now is heard. */
  abstract settle(rooms: string[]): Promise<boolean>;

  /** Whether frames can arrive at all. */
  abstract alive(): Promise<boolean>;
}

/** What tells who is in which room: a namespace's own adapter, which stays inside the process. */
export type RoomAdapter = Namespace['adapter'];

/** Whatever is not an object cannot be a frame. */
export function arrivedFrame(room: unknown, event: unknown, frame: unknown): ArrivedFrame | undefined {
  if (typeof room !== 'string' || typeof event !== 'string' || typeof frame !== 'object' || !frame) return undefined;
  return { room, event, frame: frame as Record<string, unknown> };
}
