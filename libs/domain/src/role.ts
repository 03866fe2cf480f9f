export type Role = 'OWNER' | 'ADMIN' | 'MEMBER';
