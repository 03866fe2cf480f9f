/** The server joins rooms from memberships that it reads from PostgreSQL, never from an event. */
export const userRoom = (userId: string) => `user:${userId}` as const;
export const companyRoom = (companyId: string) => `company:${companyId}` as const;
/** Sockets that watch the presence in a company. Between gateways it carries the presence of each gateway's own users. */
export const presenceRoom = (companyId: string) => `presence:${companyId}` as const;

export type Room = ReturnType<typeof userRoom> | ReturnType<typeof companyRoom> | ReturnType<typeof presenceRoom>;
