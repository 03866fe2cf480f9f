import { z } from 'zod';

export const IndexView = z
  .object({
    service: z.string(),
    reference: z.string().meta({ description: 'Path of the browsable reference of the API' }),
    openapi: z.string().meta({ description: 'Path of the OpenAPI document' }),
    health: z.string().meta({ description: 'Path of the health report' }),
    problems: z.string().meta({ description: 'Path of the list of error codes' }),
    docs: z.string().meta({ description: 'Where the documentation is' }),
  })
  .meta({ id: 'Index' });

export const LiveView = z.object({ status: z.literal('ok') }).meta({ id: 'Live' });

const Check = z.object({
  status: z.enum(['ok', 'down']),
  latencyMs: z.number(),
  reason: z.enum(['timeout', 'unreachable', 'failed']).optional().meta({
    description: 'Why it is `down`. Details are in the log and on the internal port',
  }),
});

export const HealthView = z
  .object({
    service: z.string(),
    status: z.enum(['ok', 'degraded', 'down']).meta({ description: '`down` comes with 503' }),
    checks: z.record(z.string(), Check),
  })
  .meta({ id: 'Health' });

export const JwksView = z
  .object({ keys: z.array(z.record(z.string(), z.string())) })
  .meta({ id: 'Jwks', description: 'RFC 7517' });

export const ProblemTypeView = z
  .object({
    code: z.string(),
    status: z.int(),
    title: z.string(),
    remedy: z.string(),
    retryable: z.boolean(),
  })
  .meta({ id: 'ProblemType' });
export type ProblemTypeView = z.infer<typeof ProblemTypeView>;

export const ProblemTypesView = z.object({ data: z.array(ProblemTypeView) }).meta({ id: 'ProblemTypes' });
