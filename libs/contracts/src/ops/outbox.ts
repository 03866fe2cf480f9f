import { z } from 'zod';

const counts = {
  pending: z.int().meta({ description: 'Committed events that are not published yet' }),
  claimed: z.int().meta({ description: 'Those of them that a relay publishes right now, or will try again later' }),
  failed: z.int().meta({ description: 'Those of them that were tried more than once' }),
  returned: z
    .int()
    .meta({ description: 'Those of them that RabbitMQ returned when they were tried last: no queue is bound' }),
  oldestSeconds: z.number().meta({ description: 'Age of the oldest' }),
};

export const OutboxView = z
  .object({
    ...counts,
    isTruncated: z.boolean().meta({ description: 'There are more: only the oldest are counted' }),
    types: z.array(z.object({ type: z.string(), ...counts })),
  })
  .meta({ id: 'Outbox' });
export type OutboxView = z.infer<typeof OutboxView>;
