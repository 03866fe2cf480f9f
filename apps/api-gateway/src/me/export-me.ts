import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { MessageReplied } from '@convene/contracts/events/notifications-replied';
import { MessageSent } from '@convene/contracts/events/notifications-sent';
import type { ExportView } from '@convene/contracts/http/me';
import { maySee } from '@convene/domain/friendship';
import { toNotificationView } from '@convene/inbox/notification-view';
import { readPage } from '@convene/inbox/read-notifications';
import { PrismaService } from '@convene/prisma/prisma.service';
import { toUserView, USER_VIEW } from '../accounts/user-view';
import { FRIENDSHIP_ROW, toFriendshipView } from '../friendships/friendship-view';
import { INVITE_ROW, toInviteView } from '../invites/invite-view';
import { JOIN_REQUEST_ROW, toJoinRequestView } from '../join-requests/join-request-view';
import { toCompanyView } from '../memberships/company-view';
import { COMPANY_MEMBERSHIP } from '../memberships/membership';
import { readPreferences } from './preferences/preferences-view';

const MAX_ROWS = 10_000;
const MESSAGES: ReadonlySet<string> = new Set([MessageSent.type, MessageReplied.type]);

@Injectable()
export class ExportMe {
  constructor(private readonly prisma: PrismaService) {}

  /** All data stored about a user, without anything that other users hide from them. */
  async execute(userId: string): Promise<ExportView> {
    const account = await this.prisma.user.findFirst({
      where: { id: userId, deletedAt: null },
      select: { ...USER_VIEW, createdAt: true },
    });
    if (!account) throw new ConveneError('UNAUTHENTICATED');
    const { createdAt, ...user } = account;
    const [sessions, companies, invitesSent, friendships, blocked, preferences, pushSubscriptions] = await Promise.all([
      this.sessions(userId),
      this.companies(userId),
      this.invitesSent(userId),
      this.friendships(userId),
      this.prisma.block.findMany({ where: { blockerId: userId }, select: { blockedId: true }, orderBy: { id: 'asc' } }),
      readPreferences(this.prisma, userId),
      this.pushSubscriptions(userId),
    ]);
    return {
      exportedAt: new Date().toISOString(),
      user: { ...toUserView(user), createdAt: createdAt.toISOString() },
      sessions,
      companies,
      invitesSent,
      invitesReceived: await this.invitesReceived(userId, account),
      formerAddresses: await this.formerAddresses(userId),
      joinRequests: await this.joinRequests(userId),
      friendships,
      blocked: blocked.map(({ blockedId }) => blockedId),
      preferences,
      pushSubscriptions,
      notifications: await this.notifications(userId),
      ...(await this.deeds(userId)),
    };
  }

  private async sessions(userId: string) {
    const rows = await this.prisma.session.findMany({
      where: { userId },
      select: { id: true, createdAt: true, lastUsedAt: true, userAgent: true },
      orderBy: { id: 'asc' },
    });
    return rows.map(({ createdAt, lastUsedAt, ...session }) => ({
      ...session,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt.toISOString(),
    }));
  }

  private async companies(userId: string) {
    const rows = await this.prisma.membership.findMany({
      where: { userId, company: { deletedAt: null } },
      select: COMPANY_MEMBERSHIP,
      orderBy: { companyId: 'asc' },
    });
    return rows.map(toCompanyView);
  }

  private async invitesSent(inviterId: string) {
    const rows = await this.prisma.invite.findMany({
      where: { inviterId },
      select: INVITE_ROW,
      orderBy: { id: 'asc' },
    });
    return rows.map(toInviteView);
  }

  /** Those they answered, and those to their address once it is theirs for certain. */
  private async invitesReceived(
    userId: string,
    { email, emailVerifiedAt }: { email: string; emailVerifiedAt: Date | null },
  ) {
    const rows = await this.prisma.invite.findMany({
      where: { OR: [{ decidedByUserId: userId }, ...(emailVerifiedAt ? [{ email }] : [])] },
      select: INVITE_ROW,
      orderBy: { id: 'asc' },
    });
    return rows.map(toInviteView);
  }

  private async formerAddresses(userId: string) {
    const rows = await this.prisma.formerAddress.findMany({
      where: { userId },
      select: { email: true, changedAt: true },
      orderBy: { changedAt: 'asc' },
    });
    return rows.map(({ email, changedAt }) => ({ email, changedAt: changedAt.toISOString() }));
  }

  private async joinRequests(userId: string) {
    const rows = await this.prisma.joinRequest.findMany({
      where: { userId },
      select: JOIN_REQUEST_ROW,
      orderBy: { id: 'asc' },
    });
    return rows.map(toJoinRequestView);
  }

  /** Those that the person may know of: neither who asked in spite of a block, nor whose an address is that was asked. */
  private async friendships(userId: string) {
    const rows = await this.prisma.friendship.findMany({
      where: { OR: [{ requesterId: userId }, { addresseeId: userId }] },
      select: FRIENDSHIP_ROW,
      orderBy: { id: 'asc' },
    });
    return rows.filter((row) => maySee(row, userId)).map((row) => toFriendshipView(row, userId));
  }

  private async pushSubscriptions(userId: string) {
    const rows = await this.prisma.pushSubscription.findMany({
      where: { userId },
      select: { id: true, endpoint: true, createdAt: true },
      orderBy: { id: 'asc' },
    });
    return rows.map(({ createdAt, ...subscription }) => ({ ...subscription, createdAt: createdAt.toISOString() }));
  }

  private async notifications(recipientUserId: string) {
    const rows = await readPage(this.prisma.database, recipientUserId, { state: 'all', limit: MAX_ROWS });
    return rows.map(toNotificationView);
  }

  /** What they did, and the words of theirs that are kept with it. */
  private async deeds(actorId: string) {
    const rows = await this.prisma.domainEvent.findMany({
      where: { actorId, internal: false },
      select: { id: true, type: true, companyId: true, occurredAt: true, payload: true },
      orderBy: { id: 'desc' },
      take: MAX_ROWS,
    });
    const deeds = rows.map(({ payload, occurredAt, ...event }) => ({
      event: { ...event, occurredAt: occurredAt.toISOString() },
      payload: payload as Record<string, unknown>,
    }));
    return {
      // A request by address leaves an event only when an account has the address.
      activity: deeds.filter(({ payload }) => payload['byAddress'] !== true).map(({ event }) => event),
      messages: deeds
        .filter(({ event }) => MESSAGES.has(event.type))
        .map(({ event: { type: _, ...event }, payload }) => ({ ...event, text: String(payload['text']) })),
    };
  }
}
