import { z } from 'zod';

export const GatewaysView = z
  .object({
    data: z.array(
      z.object({
        id: z.string(),
        connections: z.int(),
        isDraining: z.boolean().meta({ description: 'It accepts no connection any more, and closes those it has' }),
        startedAt: z.iso.datetime(),
      }),
    ),
  })
  .meta({ id: 'Gateways', description: 'The ws-gateways that run, each as of the last 15 seconds' });
export type GatewaysView = z.infer<typeof GatewaysView>;
