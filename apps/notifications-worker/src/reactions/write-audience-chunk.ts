import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { AudienceChunkRequested } from '@convene/contracts/events/audience-chunks-requested';
import { userRoom } from '@convene/contracts/sockets/rooms';
import { AudienceStore, type Chunk } from '@convene/inbox/audience/audience-store';
import type { NotificationRow } from '@convene/inbox/notification-row';
import { ChunkSender } from '@convene/messaging/audience/chunk-sender';
import { createdFrameOf } from '@convene/messaging/created-frame';
import { OnEvent } from '@convene/messaging/reactions';
import { FramePublisher } from '@convene/realtime/frames';
import { traceFrames } from '@convene/realtime/trace-frames';

/** In a process: the lane takes its share of PostgreSQL, of Redis and of this process, never all of it. */
export const CHUNKS_IN_WORK = 1;

/** A chunk is followed by a rest as long as it took, up to this: the busier everything is, the longer the lane stands back. */
const MAX_REST_MS = 1_000;

/** Frames that are emitted in one go: some milliseconds of this process, of Redis and of a gateway. */
const FRAMES = 25;

/**
 * The lane of large audiences. A chunk is a statement; the request of the next one goes to the end of the queue, so
 * audiences take turns. Its frames go straight to Redis: through the queue of all others' frames they would hold those up.
 */
@Controller()
export class WriteAudienceChunk {
  constructor(
    private readonly audiences: AudienceStore,
    private readonly chunks: ChunkSender,
    private readonly publisher: FramePublisher,
  ) {}

  @OnEvent(AudienceChunkRequested, 'write-audience-chunk', { guarantee: 'self-recorded' })
  async writeAudienceChunk({ id, payload, ...header }: EventOf<typeof AudienceChunkRequested>): Promise<void> {
    const started = performance.now();
    const { eventId, occurredAt, after } = payload;
    const { actorId, companyId, membershipVersion } = header;
    const chunk: Chunk = {
      ...{ id, after },
      subject: { id: eventId, occurredAt, actorId, companyId, membershipVersion },
    };
    const written = await this.audiences.write(chunk, 'write-audience-chunk');
    if (written?.next) await this.chunks.send(written.next);
    const rows = await this.reachable(written?.rows ?? (await this.audiences.rowsOf(chunk)));
    await traceFrames(rows.length, (next) => this.emit(rows, occurredAt, next));
    await wait(Math.min(performance.now() - started, MAX_REST_MS));
  }

  /** The rows of recipients with a device, at most: most members of a large company have none at this moment. */
  private async reachable(rows: readonly NotificationRow[]): Promise<readonly NotificationRow[]> {
    const rooms = await this.publisher.subscribed(rows.map((row) => userRoom(row.recipientUserId)));
    const subscribed = new Set(rooms);
    return rows.filter((row) => subscribed.has(userRoom(row.recipientUserId)));
  }

  /** What Redis loses, the gateways find by comparing with PostgreSQL. */
  private async emit(
    rows: readonly NotificationRow[],
    occurredAt: string,
    nextTraceparent: () => string | undefined,
  ): Promise<void> {
    for (let start = 0; start < rows.length; start += FRAMES) {
      const part = rows.slice(start, start + FRAMES);
      await Promise.all(
        part.map((row) =>
          this.publisher.emit(
            userRoom(row.recipientUserId),
            'notifications.created',
            createdFrameOf({ occurredAt }, row),
            nextTraceparent(),
          ),
        ),
      );
      await turn();
    }
  }
}
