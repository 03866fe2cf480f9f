import { z } from 'zod';
import { defineInternalEvent } from '../event';

/**
 * The next recipients of an event with a large audience are due. Its header repeats actor, company and membership version
 * of that event; the drafts of their notifications are kept beside the outbox (`audiences`), where an erasure reaches them.
 */
export const AudienceChunkRequested = defineInternalEvent(
  'audience_chunks.requested',
  z.object({
    /** The event that has the audience: the id of its notifications. */
    eventId: z.uuid(),
    /** When that event happened. */
    occurredAt: z.iso.datetime(),
    /** Recipients up to this id, in order of ids, are done. */
    after: z.uuid(),
  }),
);
