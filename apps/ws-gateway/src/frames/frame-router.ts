import { Injectable, OnModuleInit } from '@nestjs/common';
import { type NotificationCreatedFrame, NotificationUpdatedFrame } from '@convene/contracts/frames';
import { logger } from '@convene/observability/logger';
import { type ArrivedFrame, FrameSubscriber } from '@convene/realtime/frames';
import type { ConnectedUser } from '../connections/connected-user';
import { ConnectionRegistry } from '../connections/connection-registry';
import { GapFiller } from '../inbox/gap-filler';
import { OutboundLimits } from '../limits/outbound-limits';
import { PresenceWatches } from '../presence/presence-watches';
import { InboxReconciler } from '../reconcile/inbox-reconciler';
import { RoomFrames } from '../rooms/room-frames';

const USER = 'user:';
const PRESENCE = 'presence:';

/** Routes every frame from Redis: inbox frames to the streams, presence updates of other gateways to the watches, everything else is a hint. */
@Injectable()
export class FrameRouter implements OnModuleInit {
  constructor(
    private readonly subscriber: FrameSubscriber,
    private readonly users: ConnectionRegistry,
    private readonly gaps: GapFiller,
    private readonly outbound: OutboundLimits,
    private readonly roomFrames: RoomFrames,
    private readonly watches: PresenceWatches,
    private readonly reconciler: InboxReconciler,
  ) {}

  onModuleInit(): void {
    this.subscriber.onFrame((arrived) => this.receive(arrived));
  }

  private receive(arrived: ArrivedFrame): void {
    const { room, event, frame } = arrived;
    const user = room.startsWith(USER) ? this.users.find(room.slice(USER.length)) : undefined;
    if (event === 'notifications.created') {
      if (user) this.receiveCreated(user, frame);
    } else if (event === 'notifications.updated') {
      if (user) this.receiveUpdated(user, frame);
    } else if (room.startsWith(PRESENCE)) {
      this.watches.receive(arrived);
    } else {
      void this.roomFrames.deliver(arrived);
    }
  }

  /** Only `seq` is validated: frames of a newer publisher may have fields that this version does not know. */
  private receiveCreated(user: ConnectedUser, frame: Record<string, unknown>): void {
    if (!Number.isSafeInteger(frame.seq)) return malformed('notifications.created');
    const created = frame as NotificationCreatedFrame;
    // Usually a duplicate; after a failover possibly a seq that was assigned again.
    const known = user.openConnections.some(({ stream }) => created.seq <= stream.cursor);
    if (known) void this.reconciler.verify(user);
    for (const connection of user.connections) connection.stream.expect(created.seq);
    this.outbound.countNotification(user);
    for (const connection of user.connections) connection.deliver(connection.stream.offer(created));
    this.gaps.watch(user);
  }

  private receiveUpdated(user: ConnectedUser, frame: Record<string, unknown>): void {
    const parsed = NotificationUpdatedFrame.safeParse(frame);
    if (!parsed.success) return malformed('notifications.updated');
    if (parsed.data.unread.version > user.unread.version) user.unread = parsed.data.unread;
    for (const connection of user.connections) connection.hint('notifications.updated', frame);
  }
}

function malformed(event: string): void {
  logger.warn({ event }, 'A frame does not have the shape of its contract and was not delivered');
}
