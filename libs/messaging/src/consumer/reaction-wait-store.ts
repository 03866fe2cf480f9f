import { Injectable } from '@nestjs/common';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

/** How long after it is due a waiting reaction may still be on its way: its queue may be long, or paused. */
export const WAIT_GRACE_S = 300;
/** From the moment a message is due until its reaction has run and, if it fails again, is recorded. */
export const RETURN_S = 10;

export interface ReactionWait {
  readonly eventId: string;
  readonly reaction: string;
  readonly queue: string;
  /** The message it waits as, of those there may be of one event. */
  readonly chain: string;
  readonly delayMs: number;
}

/** Which reactions wait in a retry queue, and by which of their event's messages. */
@Injectable()
export class ReactionWaitStore {
  constructor(private readonly database: Database) {}

  /** Records that it waits. @returns false when it waits already, as another message: one of the two is too many. */
  async claim({ eventId, reaction, queue, chain, delayMs }: ReactionWait): Promise<boolean> {
    const claimed = await this.database.execute(sql`
      INSERT INTO reaction_waits (event_id, reaction, queue, chain, due_at)
      VALUES (${eventId}::uuid, ${reaction}, ${queue}, ${chain}, clock_timestamp() + make_interval(secs => ${delayMs / 1000}))
      ON CONFLICT (event_id, reaction) DO UPDATE SET chain = excluded.chain, due_at = excluded.due_at
      WHERE reaction_waits.chain = excluded.chain
        OR reaction_waits.due_at < clock_timestamp() - make_interval(secs => ${WAIT_GRACE_S})`);
    return claimed > 0;
  }

  /** Reactions whose messages are recorded as waiting, or as on their way back, and that are not over. */
  async count(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(sql`
      SELECT count(*)::int AS count FROM reaction_waits w
      WHERE due_at > clock_timestamp() - make_interval(secs => ${RETURN_S})
        AND NOT EXISTS (SELECT FROM inbox i WHERE i.event_id = w.event_id AND i.reaction = w.reaction)`);
    return row?.count ?? 0;
  }
}
