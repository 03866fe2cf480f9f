import { z } from 'zod';

/** Of a user over all devices: `ONLINE` when one is, else `AWAY` when one is, else `OFFLINE`. */
export const PresenceState = z.enum(['ONLINE', 'AWAY', 'OFFLINE']).meta({ id: 'PresenceState' });
export type PresenceState = z.infer<typeof PresenceState>;

export const PersonPresence = z.object({ userId: z.uuid(), state: PresenceState }).meta({ id: 'PersonPresence' });
export type PersonPresence = z.infer<typeof PersonPresence>;
