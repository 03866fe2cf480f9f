import type { OutboxRow } from '@convene/prisma/outbox-row';
import { writeHeaders } from '../headers';
import type { BrokerMessage } from '../publisher';
import { EXCHANGE } from '../topology/queues';
import { serializeEvent } from '../wire';

/** An outbox row as it goes on the wire; the relay and the sweepers send the same. */
export function toMessage(
  row: OutboxRow,
  to: { exchange: string; routingKey: string } = routeOf(row),
  chain?: string,
): BrokerMessage {
  const { id, type, payload, actorId, companyId, membershipVersion, occurredAt, traceparent } = row;
  const event = { id, type, payload, actorId, companyId, membershipVersion, occurredAt: occurredAt.toISOString() };
  return {
    ...to,
    messageId: id,
    body: serializeEvent(event),
    headers: writeHeaders({ attempt: 1, ...(chain && { chain }), ...(traceparent && { traceparent }) }),
  };
}

const routeOf = (row: OutboxRow) => ({ exchange: EXCHANGE, routingKey: row.type });
