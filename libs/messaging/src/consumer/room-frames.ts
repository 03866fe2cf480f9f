import { findEvent } from '@convene/contracts/catalogue';
import { allowedFacts } from '@convene/contracts/event';
import type { RealtimeDelivery } from '@convene/contracts/messages/realtime-delivery';
import { companyRoom, userRoom } from '@convene/contracts/sockets/rooms';
import type { AnyEvent } from '../wire';

/** The facts that the event's contract lists, to the rooms it names; a flag of the payload may keep them from a side. */
export function roomFramesOf(event: AnyEvent): RealtimeDelivery['rooms'] {
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
