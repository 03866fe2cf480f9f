import { Injectable } from '@nestjs/common';
import { TurnBatcher } from '@convene/batching/turn-batcher';
import { RealtimeDeliveryRequested } from '@convene/contracts/events/realtime-deliveries-requested';
import type { RealtimeDelivery } from '@convene/contracts/messages/realtime-delivery';
import { TransientError } from '@convene/observability/infrastructure';
import { currentTrace, type Trace } from '@convene/observability/trace';
import { isRecorded } from '@convene/observability/tracing/spans';
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
  readonly trace: Trace | undefined;
}

/** Frames in a message: some tens of kilobytes, emitted in some milliseconds. */
const MAX_FRAMES = 100;

/** Queues frames for the sockets: those of one turn of the event loop are one message, but for events of a recorded trace. */
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
    const outcome = await this.turns.do({ ...frames, trace: currentTrace() });
    if (outcome !== 'confirmed')
      throw new TransientError('rabbitmq', `Frames for the sockets could not be queued: ${outcome}`);
  }

  /** An event whose trace is recorded, which few are, has a message of its own: the spans that follow have one cause each. */
  private async publish(batch: readonly TracedFrames[]): Promise<PublishOutcome[]> {
    const shared = batch.filter(({ trace }) => !isRecorded(trace));
    const messages = [...batch.filter(({ trace }) => isRecorded(trace)).map((frames) => [frames]), shared];
    const outcomes = new Map<TracedFrames, PublishOutcome>();
    await Promise.all(
      messages.map(async ([first, ...others]) => {
        if (!first) return;
        const outcome = await this.publishTogether(first, others);
        for (const frames of [first, ...others]) outcomes.set(frames, outcome);
      }),
    );
    return batch.map((frames) => outcomes.get(frames) as PublishOutcome);
  }

  /** The message continues the trace of its first event; the frame of a notification contains the id of its own. */
  private publishTogether(first: TracedFrames, others: readonly TracedFrames[]): Promise<PublishOutcome> {
    const { event, trace } = first;
    const { type } = RealtimeDeliveryRequested;
    const frames = [first, ...others];
    const payload: RealtimeDelivery = {
      eventId: event.id,
      notifications: frames.flatMap(({ notifications }) => notifications),
      updates: [],
      rooms: frames.flatMap(({ rooms }) => rooms),
    };
    return this.publisher.publish({
      exchange: EXCHANGE,
      routingKey: type,
      messageId: event.id,
      body: serializeEvent({ ...event, type, payload }),
      headers: writeHeaders({ attempt: 1, ...(trace && { traceparent: trace.traceparent }) }),
    });
  }
}
