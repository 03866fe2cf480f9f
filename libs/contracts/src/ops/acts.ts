import { z } from 'zod';

/** Why an operator acts; it is kept with the act. */
export const Reason = z
  .string()
  .trim()
  .min(3, 'say why, in at least 3 characters: it is recorded')
  .max(500)
  .meta({ description: 'Why; recorded with the act' });

export const ActState = z.enum(['running', 'aborted', 'done', 'failed']);
export type ActState = z.infer<typeof ActState>;

export const ActView = z
  .object({
    id: z.uuid(),
    operator: z.string(),
    command: z.string().meta({ examples: ['dlq replay'] }),
    filter: z.record(z.string(), z.unknown()).meta({ description: 'What it was done to' }),
    reason: z.string(),
    state: ActState,
    outcome: z.string().nullable().meta({ description: 'Why it failed, or what it could not do' }),
    counts: z.record(z.string(), z.number()).meta({
      description:
        'Of dead reactions: `planned` are still to be taken, `taken` and `sent` are on the way, `done`, `dead` again, `discarded`, `gone` ' +
        '(settled elsewhere) and `impossible` are over',
    }),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Act', description: 'What an operator did: the audit record, and the progress while it runs' });
export type ActView = z.infer<typeof ActView>;

export const ActsView = z.object({ data: z.array(ActView) }).meta({ id: 'Acts' });
export type ActsView = z.infer<typeof ActsView>;
