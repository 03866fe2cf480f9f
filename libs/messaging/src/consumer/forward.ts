import { findEvent } from '@convene/contracts/catalogue';
import { allowedFacts } from '@convene/contracts/event';
import { RealtimeDeliveryRequested } from '@convene/contracts/events/realtime-deliveries-requested';
import type { RealtimeDelivery } from '@convene/contracts/messages/realtime-delivery';
import { companyRoom, userRoom } from '@convene/contracts/sockets/rooms';
import type { NotificationRow } from '@convene/inbox/notification-row';
import { TransientError } from '@convene/observability/infrastructure';
import { currentTrace } from '@convene/observability/trace';
import { createdFrameOf } from '../created-frame';
import { writeHeaders } from '../headers';
import type { Publisher } from '../publisher';
import { EXCHANGE } from '../topology/queues';
import { AnyEvent, serializeEvent } from '../wire';
import type { Middleware } from './pipeline';
import type { Attempt } from './reaction';

/** Sends the frames of the written rows and of the event to the sockets. @throws when the broker does not confirm them. */
export function forward(publisher: Publisher): Middleware<Attempt> {
  return async ({ event, reaction, written }, next) => {
    if (reaction.guarantee === 'exactly-once') {
      await Promise.all(deliveriesOf(event, written).map((delivery) => publish(publisher, event, delivery)));
    }
    await next();
  };
}

function deliveriesOf(event: AnyEvent, rows: NotificationRow[]): RealtimeDelivery[] {
  const rooms = roomFramesOf(event);
  if (rows.length === 0 && rooms.length === 0) return [];
  const notifications = rows.map((row) => ({ recipientId: row.recipientUserId, frame: createdFrameOf(event, row) }));
  return [{ eventId: event.id, notifications, updates: [], rooms }];
}

/** The facts that the event's contract lists, to the rooms it names; a flag of the payload may keep them from a side. */
function roomFramesOf(event: AnyEvent): RealtimeDelivery['rooms'] {
  const contract = findEvent(event.type);
  if (!contract) return [];
  const payload = event.payload as Record<string, unknown>;
  const { hiddenFrom, roomFrame, subject } = contract;
  const isHidden = (flag: string | undefined) => flag !== undefined && payload[flag] === true;
  const subjectId = subject !== undefined && !isHidden(hiddenFrom.subject) && payload[subject];
  const rooms = [
    roomFrame === 'company' && event.companyId && companyRoom(event.companyId),
    roomFrame === 'actor' && !isHidden(hiddenFrom.actor) && event.actorId && userRoom(event.actorId),
    typeof subjectId === 'string' && userRoom(subjectId),
  ].filter((room) => room !== false && room !== null && room !== '');
  const { companyId, membershipVersion: version } = event;
  const frame = { ...allowedFacts(payload, contract.frame), eventId: event.id, companyId, version };
  return rooms.map((room) => ({ room, event: event.type, frame }));
}

async function publish(publisher: Publisher, cause: AnyEvent, delivery: RealtimeDelivery): Promise<void> {
  const { type } = RealtimeDeliveryRequested;
  const traceparent = currentTrace()?.traceparent;
  const outcome = await publisher.publish({
    exchange: EXCHANGE,
    routingKey: type,
    messageId: cause.id,
    body: serializeEvent({ ...cause, type, payload: delivery }),
    headers: writeHeaders({ attempt: 1, ...(traceparent && { traceparent }) }),
  });
  if (outcome !== 'confirmed')
    throw new TransientError('rabbitmq', `Frames for the sockets could not be queued: ${outcome}`);
}
