import type { NotificationDraft } from '@convene/inbox/audience/draft';
import type { NotificationRow } from '@convene/inbox/notification-row';
import type { OutboxRow } from '@convene/prisma/outbox-row';
import type { DeliveryHeaders } from '../headers';
import type { Guarantee } from '../reactions';
import type { QueueName } from '../topology/queues';
import type { AnyEvent } from '../wire';

/** One handler of one event type, named as the rule it is. */
export interface Reaction {
  readonly name: string;
  readonly eventType: string;
  readonly guarantee: Guarantee;
  /** Effects have no drafts. */
  handle(event: AnyEvent): Promise<NotificationDraft[] | undefined>;
}

/** One attempt at one reaction to one event: the context of the reaction middlewares. */
export interface Attempt {
  readonly queue: QueueName;
  /** As it came, but for names that were erased meanwhile. */
  event: AnyEvent;
  readonly headers: DeliveryHeaders;
  readonly reaction: Reaction;
  /** The rows that the reaction wrote, now or before, whose frames are forwarded. */
  written: NotificationRow[];
  /** The audience is large: what requests its first chunk, committed a moment ago. */
  chunk?: OutboxRow | undefined;
}
