import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { RealtimeDeliveryRequested } from '@convene/contracts/events/realtime-deliveries-requested';
import type { RealtimeDelivery } from '@convene/contracts/messages/realtime-delivery';
import type { ActView } from '@convene/contracts/ops/acts';
import { notificationColumns, type NotificationRow } from '@convene/inbox/notification-row';
import { toNotificationView } from '@convene/inbox/notification-view';
import { writeHeaders } from '@convene/messaging/headers';
import { Publisher } from '@convene/messaging/publisher';
import { EXCHANGE } from '@convene/messaging/topology/queues';
import { type AnyEvent, serializeEvent } from '@convene/messaging/wire';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { NIL } from '@convene/prisma/ids';
import { ActLog, type ActResult } from '../acts/act-log';
import type { Operator } from '../identity/operator-tokens';

/** Rows of a page, and frames of a message: as the workers send them. */
const ROWS = 1_000;
const MAX_FRAMES = 100;

type EventFacts = Omit<AnyEvent, 'payload' | 'occurredAt'> & { readonly occurredAt: Date };

@Injectable()
export class ResendEvent {
  constructor(
    private readonly database: Database,
    private readonly publisher: Publisher,
    private readonly acts: ActLog,
  ) {}

  /**
   * Queues the frames of an event's notifications once more, as they are now; deleted ones are left out. The gateways deliver
   * by `seq`, so a device that has had one gets nothing (docs/adr/0056).
   * @throws ConveneError NOT_FOUND when the event is not, or no longer, stored
   */
  async execute(operator: Operator, eventId: string, reason: string): Promise<ActView> {
    const [event] = await this.database.query<EventFacts>(sql`
      SELECT id, type, occurred_at AS "occurredAt", actor_id AS "actorId", company_id AS "companyId",
        membership_version AS "membershipVersion"
      FROM domain_events WHERE id = ${eventId}::uuid`);
    if (!event) throw new ConveneError('NOT_FOUND', `There is no event ${eventId}`);
    const intent = { operator, command: 'resend', filter: { eventId }, reason };
    return this.acts.perform(intent, () => this.resend(event));
  }

  private async resend(event: EventFacts): Promise<ActResult> {
    let [sent, unsent, after] = [0, 0, NIL];
    for (;;) {
      const rows = await this.page(event.id, after);
      const messages = Array.from({ length: Math.ceil(rows.length / MAX_FRAMES) }, (_, index) =>
        rows.slice(index * MAX_FRAMES, (index + 1) * MAX_FRAMES),
      );
      const outcomes = await Promise.all(messages.map((part) => this.publish(event, part)));
      for (const [index, { length }] of messages.entries()) {
        if (outcomes[index] === 'confirmed') sent += length;
        else unsent += length;
      }
      after = rows.at(-1)?.recipientUserId ?? after;
      if (rows.length < ROWS || unsent > 0) break;
    }
    if (unsent === 0) return { counts: { sent } };
    return { counts: { sent, unsent }, outcome: 'RabbitMQ did not confirm all: send it again' };
  }

  private page(eventId: string, after: string): Promise<NotificationRow[]> {
    return this.database.query<NotificationRow>(sql`
      SELECT ${notificationColumns('n')} FROM notifications n
      WHERE n.event_id = ${eventId}::uuid AND n.recipient_user_id > ${after}::uuid AND n.deleted_at IS NULL
      ORDER BY n.recipient_user_id LIMIT ${ROWS}`);
  }

  /** Without the time of the event, by which gateways measure how late a frame is. */
  private publish({ occurredAt, ...event }: EventFacts, rows: readonly NotificationRow[]) {
    const { type } = RealtimeDeliveryRequested;
    const notifications = rows.map((row) => ({ recipientId: row.recipientUserId, frame: toNotificationView(row) }));
    const payload: RealtimeDelivery = { eventId: event.id, notifications, updates: [], rooms: [] };
    return this.publisher.publish({
      exchange: EXCHANGE,
      routingKey: type,
      messageId: event.id,
      body: serializeEvent({ ...event, occurredAt: occurredAt.toISOString(), type, payload }),
      headers: writeHeaders({ attempt: 1 }),
    });
  }
}
