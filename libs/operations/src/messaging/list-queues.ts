import { Injectable } from '@nestjs/common';
import type { QueuesView } from '@convene/contracts/ops/queues';
import { QueueProbe } from '@convene/messaging/topology/queue-probe';
import { deadLetterQueueOf, QUEUES } from '@convene/messaging/topology/queues';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

interface Recorded {
  readonly queue: string;
  readonly waiting: number;
  readonly dead: number;
}

@Injectable()
export class ListQueues {
  constructor(
    private readonly database: Database,
    private readonly probe: QueueProbe,
  ) {}

  /** Each queue as the broker and as PostgreSQL know it. */
  async execute(): Promise<QueuesView> {
    const recorded = new Map((await this.recorded()).map((row) => [row.queue, row]));
    const data: QueuesView['data'] = [];
    for (const queue of QUEUES) {
      const [state, letters] = [await this.probe.ask(queue), await this.probe.ask(deadLetterQueueOf(queue))];
      data.push({
        queue,
        state: state ? 'there' : state === null ? 'absent' : 'unknown',
        ready: state?.messageCount ?? null,
        consumers: state?.consumerCount ?? null,
        waiting: recorded.get(queue)?.waiting ?? 0,
        dead: recorded.get(queue)?.dead ?? 0,
        deadLetters: letters?.messageCount ?? null,
      });
    }
    return { data };
  }

  private recorded(): Promise<Recorded[]> {
    return this.database.query<Recorded>(sql`
      SELECT queue, sum(waiting)::int AS waiting, sum(dead)::int AS dead FROM (
        SELECT queue, count(*) AS waiting, 0 AS dead FROM reaction_waits WHERE due_at > clock_timestamp() GROUP BY queue
        UNION ALL
        SELECT r.queue, 0, count(*) FROM inbox i JOIN reactions r ON r.name = i.reaction
        WHERE i.state = 'dead' GROUP BY r.queue
      ) AS counts GROUP BY queue`);
  }
}
