import { z } from 'zod';

const unknown = 'Null unless the queue is `there`';

const QueueView = z
  .object({
    queue: z.string(),
    state: z
      .enum(['there', 'absent', 'unknown'])
      .meta({ description: '`absent`: the broker has no such queue; `unknown`: the broker could not be asked' }),
    ready: z
      .int()
      .nullable()
      .meta({ description: `Messages that no consumer has taken yet. ${unknown}` }),
    consumers: z.int().nullable(),
    waiting: z.int().meta({ description: 'Reactions that wait in a retry queue for their next attempt' }),
    dead: z.int().meta({ description: 'Reactions that were given up: the truth, from PostgreSQL' }),
    deadLetters: z.int().nullable().meta({
      description: 'Messages in the dead-letter queue, which are copies for people. Null while it is unknown',
    }),
  })
  .meta({ id: 'Queue' });

export const QueuesView = z.object({ data: z.array(QueueView) }).meta({ id: 'Queues' });
export type QueuesView = z.infer<typeof QueuesView>;
