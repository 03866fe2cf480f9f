import { BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { type SocketDeliveries, writeSocketDeliveries } from '@convene/inbox/write-socket-deliveries';
import { logger, reasonOf } from '@convene/observability/logger';
import { Database } from '@convene/prisma/database/database';
import { deliveriesUnlogged } from '../metrics';

const LINGER_MS = 500;
/** The maximum of deliveries in memory; further ones are not logged. */
const MAX_KEPT = 20_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Deliveries to one socket each, column by column: an object for each would outlive the young generation of the heap,
 * and cost more to collect than to deliver.
 */
class Deliveries implements SocketDeliveries {
  readonly eventIds: string[] = [];
  readonly userIds: string[] = [];
  readonly times: number[] = [];

  get count(): number {
    return this.times.length;
  }
}

/**
 * Remembers to how many sockets each notification was sent, for its timeline. It never delays a delivery: each is a
 * line in memory, many lines become one write, and a failed write is not repeated.
 */
@Injectable()
export class DeliveryLog implements BeforeApplicationShutdown {
  private noted = new Deliveries();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly database: Database) {}

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

  /** One write at a time, so that a slow database gets no more load; further deliveries wait, up to MAX_KEPT. */
  private flush(): Promise<void> {
    this.writing = this.writing.then(async () => {
      const deliveries = this.noted;
      this.noted = new Deliveries();
      this.timer = undefined;
      if (deliveries.count > 0) await this.write(deliveries);
    });
    return this.writing;
  }

  private async write(deliveries: Deliveries): Promise<void> {
    try {
      await writeSocketDeliveries(this.database, deliveries);
    } catch (error) {
      deliveriesUnlogged.inc(deliveries.count);
      logger.warn({ reason: reasonOf(error) }, 'Deliveries could not be logged: they are missing in timelines');
    }
  }
}
