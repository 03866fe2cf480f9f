import type { Namespace } from 'socket.io';
import type { Room } from '@convene/contracts/sockets/rooms';

/**
 * Sends frames to the clients in a room, whichever gateway they are connected to. Resolves when Redis has accepted the
 * frame or has failed to: a lost frame is counted and never thrown, because the gateways find what it announced when
 * they compare with PostgreSQL.
 */
export abstract class FramePublisher {
  /** @param traceparent travels beside the frame to the gateways, not to the clients. */
  abstract emit(room: Room, event: string, frame: object, traceparent?: string): Promise<void>;

  /**
   * Those of the rooms that a gateway is subscribed to at this moment, in the same order; all of them where Redis does not
   * tell. For many frames at once, most of which would reach no gateway. No device misses a frame that is left out: its
   * gateway subscribes first and then reads the inbox, so it reads what was committed before this call.
   */
  subscribed(rooms: readonly Room[]): Promise<readonly Room[]> {
    return Promise.resolve(rooms);
  }
}

/** A frame as its publisher emitted it. */
export interface ArrivedFrame {
  readonly room: string;
  readonly event: string;
  readonly frame: Record<string, unknown>;
  readonly traceparent?: string;
}

export type FrameListener = (arrived: ArrivedFrame) => void;

/** The adapter of a namespace: knows which sockets of this process are in which room. */
export type RoomAdapter = Namespace['adapter'];

/**
 * Receives frames in a gateway. They arrive here and not at the sockets: delivery follows the seq and the membership
 * version, which no adapter knows.
 */
export abstract class FrameSubscriber {
  /** From now on receives frames for the rooms of this adapter. To be called once, before any socket is in a room. */
  abstract follow(rooms: RoomAdapter): void;

  abstract onFrame(listener: FrameListener): void;

  /** Called after an outage, once every room of this process is subscribed again. */
  abstract onRecovered(listener: () => void): void;

  /** Waits until these rooms are subscribed. @returns whether it had to wait for one that now is. */
  abstract settle(rooms: string[]): Promise<boolean>;

  /** Whether the frames of all rooms can arrive. */
  abstract alive(): Promise<boolean>;
}

/** Undefined for a message that is not a frame: another program may use the channel. */
export function arrivedFrame(
  room: unknown,
  event: unknown,
  frame: unknown,
  traceparent?: unknown,
): ArrivedFrame | undefined {
  if (typeof room !== 'string' || typeof event !== 'string' || typeof frame !== 'object' || !frame) return undefined;
  const arrived = { room, event, frame: frame as Record<string, unknown> };
  return typeof traceparent === 'string' ? { ...arrived, traceparent } : arrived;
}
