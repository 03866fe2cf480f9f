import type { Room } from '@convene/contracts/sockets/rooms';

/**
 * Where publishers (api-gateway, notifications-worker) leave frames for the clients in a room, wherever they are
 * connected. Resolves when Redis has the frame, or has failed to take it: a frame that is lost is counted, never thrown,
 * because the gateways find it when they compare with PostgreSQL.
 */
export abstract class FrameBus {
  abstract emit(room: Room, event: string, frame: object): Promise<void>;
}
