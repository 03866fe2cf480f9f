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
  /** For the Socket.IO server's `adapter` option; undefined leaves its own, which stays inside the process. */
  abstract readonly adapter: AdapterFactory | undefined;

  abstract onFrame(listener: FrameListener): void;

  /** Called after an outage, once everything this node needs is heard again. */
  abstract onRecovered(listener: () => void): void;

  /** Waits until frames for these rooms arrive here; true when it had to wait for one that now is heard. */
  abstract settle(rooms: string[]): Promise<boolean>;

  /** Whether frames can arrive at all. */
  abstract alive(): Promise<boolean>;
}

/** What Socket.IO makes of each namespace: its types say `any`, ours do not need to. */
export type AdapterFactory = ReturnType<typeof import('@socket.io/redis-adapter').createShardedAdapter>;

/** Whatever is not an object cannot be a frame. */
export function arrivedFrame(room: unknown, event: unknown, frame: unknown): ArrivedFrame | undefined {
  if (typeof room !== 'string' || typeof event !== 'string' || typeof frame !== 'object' || !frame) return undefined;
  return { room, event, frame: frame as Record<string, unknown> };
}
