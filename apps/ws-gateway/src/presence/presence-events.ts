import { z } from 'zod';

/** The event in the room `presence:<companyId>` with which a gateway publishes updates of its users to other gateways. */
export const PRESENCE_UPDATED = 'presence.said';

export const PresenceUpdateFrame = z.object({
  companyId: z.string(),
  node: z.string(),
  /** Rises with every frame of a node: the highest counts, in whatever order frames arrive. */
  at: z.number(),
  people: z.array(z.object({ userId: z.string(), state: z.enum(['ONLINE', 'AWAY']), until: z.number() })),
});
export type PresenceUpdateFrame = z.infer<typeof PresenceUpdateFrame>;

/** Injects this process's id in presence. It differs after each start, so that older updates are not taken for current ones. */
export const PRESENCE_NODE = Symbol('PRESENCE_NODE');

/** How long an update of a gateway can hold at most. */
export const horizonOf = (leaseMs: number, graceMs: number) => Math.max(leaseMs, graceMs);
