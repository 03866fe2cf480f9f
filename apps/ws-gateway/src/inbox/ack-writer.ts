import { Injectable } from '@nestjs/common';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

const LINGER_MS = 50;

interface Batch {
  readonly highest: Map<string, number>;
  readonly written: Promise<void>;
}

/**
 * Remembers how far each device has acknowledged. Never goes back; many acks become one write, and one write is under way
 * at a time: acks that a database does not take for now must not take its connections from everything else.
 */
@Injectable()
export class AckWriter {
  private gathering: Batch | undefined;
  private writing: Promise<unknown> = Promise.resolve();

  constructor(private readonly database: Database) {}

  /** Resolves when it is stored. */
  write(sessionId: string, seq: number): Promise<void> {
    const batch = (this.gathering ??= this.start());
    batch.highest.set(sessionId, Math.max(seq, batch.highest.get(sessionId) ?? 0));
    return batch.written;
  }

  private start(): Batch {
    const highest = new Map<string, number>();
    const turn = this.writing.then(() => new Promise((resolve) => setTimeout(resolve, LINGER_MS)));
    const written = turn.then(async () => {
      this.gathering = undefined;
      await this.database.execute(sql`
        UPDATE sessions SET acked_seq = acked.seq
        FROM unnest(${[...highest.keys()]}::uuid[], ${[...highest.values()]}::bigint[]) AS acked (id, seq)
        WHERE sessions.id = acked.id AND sessions.acked_seq < acked.seq`);
    });
    this.writing = written.catch(() => undefined);
    return { highest, written };
  }
}
