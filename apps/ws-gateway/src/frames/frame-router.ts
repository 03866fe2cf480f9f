import { Injectable, OnModuleInit } from '@nestjs/common';
import { type NotificationCreatedFrame, NotificationUpdatedFrame } from '@convene/contracts/frames';
import { logger } from '@convene/observability/logger';
import { traceIdOf } from '@convene/observability/trace';
import { recordedTrace } from '@convene/observability/tracing/spans';
import { type ArrivedFrame, FrameSubscriber } from '@convene/realtime/frames';
import type { ConnectedUser } from '../connections/connected-user';
import { ConnectionRegistry } from '../connections/connection-registry';
import { GapFiller } from '../inbox/gap-filler';
import { OutboundLimits } from '../limits/outbound-limits';
import { PresenceWatches } from '../presence/presence-watches';
import { InboxReconciler } from '../reconcile/inbox-reconciler';
import { RoomFrames } from '../rooms/room-frames';
import { traceDelivery } from './trace-delivery';

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
    const trace = recordedTrace(arrived.traceparent);
    if (trace) void traceDelivery(trace, arrived, () => this.route(arrived));
    else void this.route(arrived);
  }

  /** @returns the number of sockets it is sent to now; undefined when no client of this process is concerned. */
  private route(arrived: ArrivedFrame): Promise<number | undefined> | number | undefined {
    const { room, event } = arrived;
    const user = room.startsWith(USER) ? this.users.find(room.slice(USER.length)) : undefined;
    if (event === 'notifications.created') {
      return user && this.receiveCreated(user, arrived);
    }
    if (event === 'notifications.updated') return user && this.receiveUpdated(user, arrived);
    if (!room.startsWith(PRESENCE)) return this.roomFrames.deliver(arrived);
    this.watches.receive(arrived);
    return undefined;
  }

  /** Only `seq` is validated: frames of a newer publisher may have fields that this version does not know. */
  private receiveCreated(user: ConnectedUser, arrived: ArrivedFrame): number {
    const { frame } = arrived;
    if (!Number.isSafeInteger(frame.seq)) return malformed(arrived);
    const created = frame as NotificationCreatedFrame;
    // Usually a duplicate; after a failover possibly a seq that was assigned again.
    const known = user.openConnections.some(({ stream }) => created.seq <= stream.cursor);
    if (known) void this.reconciler.verify(user);
    for (const connection of user.connections) connection.stream.expect(created.seq);
    this.outbound.countNotification(user);
    let sockets = 0;
    for (const connection of user.connections) {
      const due = connection.stream.offer(created);
      if (due.includes(created)) sockets += 1;
      connection.deliver(due);
    }
    this.gaps.watch(user);
    return sockets;
  }

  private receiveUpdated(user: ConnectedUser, arrived: ArrivedFrame): number {
    const { frame } = arrived;
    const parsed = NotificationUpdatedFrame.safeParse(frame);
    if (!parsed.success) return malformed(arrived);
    if (parsed.data.unread.version > user.unread.version) user.unread = parsed.data.unread;
    for (const connection of user.connections) connection.hint('notifications.updated', frame);
    return user.connections.length;
  }
}

function malformed({ event, traceparent }: ArrivedFrame): number {
  const traceId = traceIdOf(traceparent);
  logger.warn({ event, traceId }, 'A frame does not have the shape of its contract and was not delivered');
  return 0;
}
