import { z } from 'zod';

/** Between gateways: the event in the room `presence:<companyId>` with which one tells the others of its people. */
export const PRESENCE_UPDATED = 'presence.said';

export const PresenceUpdateFrame = z.object({
  companyId: z.string(),
  node: z.string(),
  /** Rises with every frame of a node: what it says later counts, in whatever order it arrives. */
  at: z.number(),
  people: z.array(z.object({ userId: z.string(), state: z.enum(['ONLINE', 'AWAY']), until: z.number() })),
});
export type PresenceUpdateFrame = z.infer<typeof PresenceUpdateFrame>;

/** Injects this process's name in presence: another after each start, so that nothing it said before is taken for its word. */
export const PRESENCE_NODE = Symbol('PRESENCE_NODE');

/** For how long a gateway may still have to be believed: as long as it ever says anything ahead. */
export const horizonOf = (leaseMs: number, graceMs: number) => Math.max(leaseMs, graceMs);
