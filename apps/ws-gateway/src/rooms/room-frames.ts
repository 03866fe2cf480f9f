import { Injectable } from '@nestjs/common';
import { logger, reasonOf } from '@convene/observability/logger';
import { traceIdOf } from '@convene/observability/trace';
import type { ArrivedFrame } from '@convene/realtime/frames';
import type { ConnectedUser } from '../connections/connected-user';
import { ConnectionRegistry } from '../connections/connection-registry';
import { OutgoingMessage } from '../engine/outgoing-message';
import { OutboundLimits } from '../limits/outbound-limits';
import { countEmitted } from '../metrics';
import { CompanyRooms } from './company-rooms';
import { MemberReader } from './member-reader';

const USER = 'user:';
const COMPANY = 'company:';
/** A frame to a room is in memory once, however many wait for it: so every so many devices one is looked at. */
const CHECK_EVERY = 8;

/**
 * Delivers hints to entitled users. Example: this node has read membership version 4 of a company; a frame with version 5
 * arrives. The memberships concerned are read again first: a removed member does not get the frame, a new one joins.
 */
@Injectable()
export class RoomFrames {
  private passed = 0;

  constructor(
    private readonly users: ConnectionRegistry,
    private readonly rooms: CompanyRooms,
    private readonly members: MemberReader,
    private readonly outbound: OutboundLimits,
  ) {}

  /** @returns the number of sockets; undefined when the room has no member here. */
  async deliver(arrived: ArrivedFrame): Promise<number | undefined> {
    const { room, event, frame } = arrived;
    const companyId = typeof frame.companyId === 'string' ? frame.companyId : undefined;
    const version = typeof frame.version === 'number' ? frame.version : undefined;
    const known = companyId !== undefined && version !== undefined;
    if (known) {
      const stale = this.members.groups(this.stale(room, frame.userId, companyId, version));
      await Promise.all(stale.map((users) => this.refresh(companyId, users, arrived)));
    }

    if (room.startsWith(USER)) {
      const user = this.users.find(room.slice(USER.length));
      return user && this.sendToAll([user], event, frame);
    }
    if (room.startsWith(COMPANY)) {
      const members = this.users.membersOf(room.slice(COMPANY.length));
      // A re-read that failed leaves members whose entitlement is not proven: a missing hint is better than one to a former member.
      if (members.size === 0) return undefined;
      return this.sendToAll(members, event, frame, known ? (user) => isUpToDate(user, companyId, version) : undefined);
    }
    return undefined;
  }

  /** The users whose membership a frame may have changed, in the room or named in the frame: their memberships are read again. */
  private stale(room: string, subject: unknown, companyId: string, version: number): ConnectedUser[] {
    const stale: ConnectedUser[] = [];
    const consider = (user: ConnectedUser | undefined) => {
      if (user && !isUpToDate(user, companyId, version) && !stale.includes(user)) stale.push(user);
    };
    if (room.startsWith(COMPANY)) {
      for (const user of this.users.membersOf(room.slice(COMPANY.length))) {
        if (!isUpToDate(user, companyId, version)) stale.push(user);
      }
    } else consider(this.users.find(room.slice(USER.length)));
    if (typeof subject === 'string') consider(this.users.find(subject));
    return stale;
  }

  private async refresh(
    companyId: string,
    stale: readonly ConnectedUser[],
    { traceparent }: ArrivedFrame,
  ): Promise<void> {
    try {
      const members = await this.members.read(
        companyId,
        stale.map(({ id }) => id),
      );
      for (const user of stale) {
        if (members?.userIds.has(user.id)) this.rooms.join(user, companyId, members.version);
        else this.rooms.leave(user, companyId);
      }
    } catch (error) {
      const line = { companyId, traceId: traceIdOf(traceparent), reason: reasonOf(error) };
      logger.warn(line, 'Memberships could not be re-read: some get no room frame');
    }
  }

  /** Sends to all open connections; others get the hint after `session.ready`. */
  private sendToAll(
    users: Iterable<ConnectedUser>,
    event: string,
    frame: Record<string, unknown>,
    isEntitled: (user: ConnectedUser) => boolean = () => true,
  ): number {
    const companyId = typeof frame.companyId === 'string' ? frame.companyId : undefined;
    const message = new OutgoingMessage(event, frame);
    let sent = 0;
    for (const user of users) {
      if (!isEntitled(user) || !this.outbound.admitsHint(user, event, companyId)) continue;
      for (const connection of user.connections) {
        if (!connection.isOpen) connection.hint(event, frame);
        else {
          connection.pass(message);
          if (++this.passed % CHECK_EVERY === 0) connection.checkBacklog();
          sent += 1;
        }
      }
    }
    countEmitted(event, sent);
    return sent;
  }
}

function isUpToDate(user: ConnectedUser, companyId: string, version: number): boolean {
  return (user.companies.get(companyId) ?? -1) >= version;
}
