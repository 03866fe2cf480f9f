import { Injectable } from '@nestjs/common';
import { companyRoom } from '@convene/contracts/sockets/rooms';
import type { ConnectedUser } from '../connections/connected-user';
import { ConnectionRegistry } from '../connections/connection-registry';
import { LocalPresence } from '../presence/local-presence';
import { PresenceWatches } from '../presence/presence-watches';

/** Moves sockets into and out of company rooms, according to memberships read from PostgreSQL. Nothing else does. */
@Injectable()
export class CompanyRooms {
  constructor(
    private readonly users: ConnectionRegistry,
    private readonly presence: LocalPresence,
    private readonly watches: PresenceWatches,
  ) {}

  /** All companies of a user, each with its membership version. */
  apply(user: ConnectedUser, companies: ReadonlyMap<string, number>): void {
    for (const companyId of user.companies.keys()) if (!companies.has(companyId)) this.leave(user, companyId);
    for (const [companyId, version] of companies) this.join(user, companyId, version);
  }

  /** A membership that holds as of `version`. */
  join(user: ConnectedUser, companyId: string, version: number): void {
    const wasMember = user.companies.has(companyId);
    this.users.setMember(user, companyId, version);
    for (const { socket } of user.connections) {
      // A closed socket would never leave again.
      if (socket.connected && !socket.rooms.has(companyRoom(companyId))) void socket.join(companyRoom(companyId));
    }
    if (!wasMember && user.companies.has(companyId)) this.presence.joined(user, companyId);
  }

  leave(user: ConnectedUser, companyId: string): void {
    const wasMember = user.companies.has(companyId);
    this.users.dropMember(user, companyId);
    for (const { socket } of user.connections) void socket.leave(companyRoom(companyId));
    this.watches.left(user, companyId);
    if (wasMember) this.presence.left(user, companyId);
  }
}
