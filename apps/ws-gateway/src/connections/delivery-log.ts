import { logger, reasonOf } from '@convene/observability/logger';
import { PrismaService } from '@convene/prisma/prisma.service';
import { BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { deliveriesUnlogged } from '../metrics';

const LINGER_MS = 500;
/** Deliveries kept in memory at most; what is beyond is not logged. */
const MAX_KEPT = 20_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Deliveries to one socket each, column by column: an object for each would outlive the young generation of the heap,
 * and cost more to collect than to deliver.
 */
class Deliveries {
  readonly eventIds: string[] = [];
  readonly userIds: string[] = [];
  /** Milliseconds since 1970. */
  readonly times: number[] = [];

  get count(): number {
    return this.times.length;
  }
}

/**
 * Remembers to how many sockets each notification was sent, for its timeline. Never in the way of a delivery: noting one
 * is a line in memory, many lines become one write, and a write that fails is let go.
 */
@Injectable()
export class DeliveryLog implements BeforeApplicationShutdown {
  private noted = new Deliveries();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly prisma: PrismaService) {}

  /** One delivery to one socket. */
  note(userId: string, eventId: string): void {
    if (this.noted.count >= MAX_KEPT || !UUID.test(eventId)) return deliveriesUnlogged.inc();
    this.noted.eventIds.push(eventId);
    this.noted.userIds.push(userId);
    this.noted.times.push(Date.now());
    this.timer ??= setTimeout(() => void this.flush(), LINGER_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.flush();
  }

  /** One write at a time: a slow database is not asked for more at once, and what comes meanwhile waits within its bound. */
  private flush(): Promise<void> {
    this.writing = this.writing.then(async () => {
      const deliveries = this.noted;
      this.noted = new Deliveries();
      this.timer = undefined;
      if (deliveries.count > 0) await this.write(deliveries);
    });
    return this.writing;
  }

  private async write({ eventIds, userIds, times, count }: Deliveries): Promise<void> {
    try {
      // Nothing here needs quoting, which for arrays of thousands costs more than everything else about a delivery.
      await this.prisma.$executeRaw`
        INSERT INTO notification_steps (id, event_id, recipient_user_id, step, channel, sockets, at)
        SELECT gen_random_uuid(), event_id, user_id, 'sent', 'SOCKET', count(*), to_timestamp(min(at) / 1000)
        FROM (SELECT unnest(string_to_array(${eventIds.join()}, ',')::uuid[]) AS event_id,
                     unnest(string_to_array(${userIds.join()}, ',')::uuid[]) AS user_id,
                     unnest(string_to_array(${times.join()}, ',')::float8[]) AS at) AS sent
        GROUP BY event_id, user_id`;
    } catch (error) {
      deliveriesUnlogged.inc(count);
      logger.warn({ reason: reasonOf(error) }, 'Deliveries could not be logged: they are missing in timelines');
    }
  }
}
