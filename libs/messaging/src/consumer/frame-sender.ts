import { Injectable } from '@nestjs/common';
import { TurnBatcher } from '@convene/batching/turn-batcher';
import { RealtimeDeliveryRequested } from '@convene/contracts/events/realtime-deliveries-requested';
import type { RealtimeDelivery } from '@convene/contracts/messages/realtime-delivery';
import { TransientError } from '@convene/observability/infrastructure';
import { currentTrace } from '@convene/observability/trace';
import { writeHeaders } from '../headers';
import { Publisher, type PublishOutcome } from '../publisher';
import { EXCHANGE } from '../topology/queues';
import { AnyEvent, serializeEvent } from '../wire';

/** The frames of one event. */
export interface EventFrames {
  readonly event: AnyEvent;
  readonly notifications: RealtimeDelivery['notifications'];
  readonly rooms: RealtimeDelivery['rooms'];
}

interface TracedFrames extends EventFrames {
  readonly traceparent: string | undefined;
}

/** Frames in a message: some tens of kilobytes, emitted in some milliseconds. */
const MAX_FRAMES = 100;

/** Queues frames for the sockets: those of one turn of the event loop are one message. */
@Injectable()
export class FrameSender {
  private readonly turns: TurnBatcher<TracedFrames, PublishOutcome>;

  constructor(private readonly publisher: Publisher) {
    this.turns = new TurnBatcher((batch) => this.publish(batch), {
      maxWeight: MAX_FRAMES,
      weightOf: ({ notifications, rooms }) => notifications.length + rooms.length,
    });
  }

  /** @throws when the broker does not confirm them. */
  async send(frames: EventFrames): Promise<void> {
    const outcome = await this.turns.do({ ...frames, traceparent: currentTrace()?.traceparent });
    if (outcome !== 'confirmed')
      throw new TransientError('rabbitmq', `Frames for the sockets could not be queued: ${outcome}`);
  }

  /** The message continues the trace of its first event; the frame of a notification contains the id of its own. */
  private async publish(batch: readonly TracedFrames[]): Promise<PublishOutcome[]> {
    const [{ event, traceparent }] = batch as [TracedFrames];
    const { type } = RealtimeDeliveryRequested;
    const payload: RealtimeDelivery = {
      eventId: event.id,
      notifications: batch.flatMap(({ notifications }) => notifications),
      updates: [],
      rooms: batch.flatMap(({ rooms }) => rooms),
    };
    const outcome = await this.publisher.publish({
      exchange: EXCHANGE,
      routingKey: type,
      messageId: event.id,
      body: serializeEvent({ ...event, type, payload }),
      headers: writeHeaders({ attempt: 1, ...(traceparent && { traceparent }) }),
    });
    return batch.map(() => outcome);
  }
}
