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
  const { traceparent, occurredAt, ...event } = row;
  return {
    ...to,
    messageId: row.id,
    body: serializeEvent({ ...event, occurredAt: occurredAt.toISOString() }),
    headers: writeHeaders({ attempt: 1, ...(chain && { chain }), ...(traceparent && { traceparent }) }),
  };
}

const routeOf = (row: OutboxRow) => ({ exchange: EXCHANGE, routingKey: row.type });
