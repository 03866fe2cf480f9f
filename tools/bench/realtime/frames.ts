import { newId } from '@convene/prisma/ids';

/** An inbox frame as the notifications-worker publishes one. */
export const inboxFrame = (seq: number) => ({
  seq,
  id: newId(),
  code: 'MEMBER_JOINED',
  params: { companyName: 'Acme', displayName: 'One of many' },
  companyId: null,
  senderUserId: null,
  createdAt: new Date().toISOString(),
  readAt: null,
  archivedAt: null,
  snoozedUntil: null,
  silent: false,
  traceId: '51b4d9b45ca13c759d7c49cc7d6ea299',
  occurredAt: new Date().toISOString(),
});

/** A hint to all members of a company, as of a membership version that gateways have read. */
export const COMPANY_EVENT = 'companies.updated';
export const companyFrame = (companyId: string) => ({
  eventId: newId(),
  companyId,
  version: 1,
  name: 'Acme, renamed',
  traceId: '51b4d9b45ca13c759d7c49cc7d6ea299',
});
