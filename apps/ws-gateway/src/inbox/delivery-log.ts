import { logger, reasonOf } from '@convene/observability/logger';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { deliveriesUnlogged } from '../metrics';

const LINGER_MS = 500;
/** Kept in memory at most; what is beyond is not logged. */
const MOST_KEPT = 20_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Delivery {
  readonly eventId: string;
  readonly userId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  sockets: number;
}

/**
 * Remembers to how many sockets each notification was sent, for its timeline. Never in the way of a delivery: noting one
 * is a line in memory, many lines become one write, and a write that fails is let go.
 */
@Injectable()
export class DeliveryLog implements BeforeApplicationShutdown {
  private noted = new Map<string, Delivery>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly prisma: PrismaService) {}

  note(userId: string, eventId: string): void {
    const key = `${eventId} ${userId}`;
    const known = this.noted.get(key);
    if (known) known.sockets += 1;
    else if (this.noted.size >= MOST_KEPT || !UUID.test(eventId)) deliveriesUnlogged.inc();
    else this.noted.set(key, { eventId, userId, at: Date.now(), sockets: 1 });
    this.timer ??= setTimeout(() => void this.flush(), LINGER_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.flush();
  }

  /** One write at a time: a slow database is not asked for more at once, and what comes meanwhile waits within its bound. */
  private flush(): Promise<void> {
    this.writing = this.writing.then(async () => {
      const deliveries = [...this.noted.values()];
      this.noted = new Map();
      this.timer = undefined;
      if (deliveries.length > 0) await this.write(deliveries);
    });
    return this.writing;
  }

  private async write(deliveries: readonly Delivery[]): Promise<void> {
    // Nothing here needs quoting, which for arrays of thousands costs more than everything else about a delivery.
    const joined = (pick: (delivery: Delivery) => string | number) => deliveries.map(pick).join();
    try {
      await this.prisma.$executeRaw`
        INSERT INTO notification_steps (id, event_id, recipient_user_id, step, channel, sockets, at)
        SELECT id, event_id, user_id, 'sent', 'SOCKET', sockets, at
        FROM (SELECT unnest(string_to_array(${joined(newId)}, ',')::uuid[]) AS id,
                     unnest(string_to_array(${joined(({ eventId }) => eventId)}, ',')::uuid[]) AS event_id,
                     unnest(string_to_array(${joined(({ userId }) => userId)}, ',')::uuid[]) AS user_id,
                     unnest(string_to_array(${joined(({ sockets }) => sockets)}, ',')::int[]) AS sockets,
                     to_timestamp(unnest(string_to_array(${joined(({ at }) => at)}, ',')::float8[]) / 1000) AS at) AS sent`;
    } catch (error) {
      deliveriesUnlogged.inc(deliveries.length);
      logger.warn({ reason: reasonOf(error) }, 'Deliveries could not be logged: they are missing in timelines');
    }
  }
}
