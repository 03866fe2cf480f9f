import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

/** Deliveries to one socket each, column by column. */
export interface SocketDeliveries {
  readonly eventIds: readonly string[];
  readonly userIds: readonly string[];
  /** Milliseconds since 1970. */
  readonly times: readonly number[];
}

/**
 * Writes one step per notification: the number of sockets and the first time. The arrays travel as joined text; quoting
 * the elements of arrays of thousands costs more than everything else about a delivery.
 */
export async function writeSocketDeliveries(
  database: Database,
  { eventIds, userIds, times }: SocketDeliveries,
): Promise<void> {
  await database.execute(sql`
    INSERT INTO notification_steps (id, event_id, recipient_user_id, step, channel, sockets, at)
    SELECT gen_random_uuid(), event_id, user_id, 'sent', 'SOCKET', count(*), to_timestamp(min(at) / 1000)
    FROM (SELECT unnest(string_to_array(${eventIds.join()}, ',')::uuid[]) AS event_id,
                 unnest(string_to_array(${userIds.join()}, ',')::uuid[]) AS user_id,
                 unnest(string_to_array(${times.join()}, ',')::float8[]) AS at) AS sent
    GROUP BY event_id, user_id`);
}
