/** Rooms follow the truth: the server joins them from memberships re-read, never inferred from an event. */
export const userRoom = (userId: string) => `user:${userId}` as const;
export const companyRoom = (companyId: string) => `company:${companyId}` as const;
/** Sockets that watch who of a company is there. Between gateways it carries what each of them says about its own people. */
export const presenceRoom = (companyId: string) => `presence:${companyId}` as const;

export type Room = ReturnType<typeof userRoom> | ReturnType<typeof companyRoom> | ReturnType<typeof presenceRoom>;
