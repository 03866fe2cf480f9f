import { z } from 'zod';

/** OWNER > ADMIN > MEMBER. */
export const Role = z.enum(['OWNER', 'ADMIN', 'MEMBER']).meta({ id: 'Role', description: 'OWNER > ADMIN > MEMBER' });
export type Role = z.infer<typeof Role>;
