import { type DeliveryFacts, judgeDelivery } from './judge-delivery';

const event = {
  type: 'memberships.left',
  payload: { userId: 'cy' },
  actorId: 'cy',
  companyId: 'acme',
  membershipVersion: 7,
  isPublished: true,
  notifies: true,
};
const reaction = {
  name: 'notify-managers-when-member-left',
  facts: { roles: ['OWNER', 'ADMIN'] },
  state: 'done',
  error: null,
  dueAt: null,
} as const;
/** Everything is done, and the user was entitled. */
const entitled: DeliveryFacts = {
  event,
  userId: 'bo',
  user: { isDeleted: false },
  row: undefined,
  reaction,
  isBeingWritten: false,
  role: 'ADMIN',
  hasSwitchedOff: false,
  hasBlockedActor: false,
};
const at = new Date('2026-11-27T20:00:00Z');
const row = { seq: 41, silent: false, isDeleted: false, at };
const personal = { ...reaction, facts: { users: ['recipientIds'], roles: ['MEMBER'], personal: true } } as const;
const message = (payload: object) => ({ ...event, type: 'notifications.sent', payload: { ...payload } });

it.each<[verdict: string, facts: Partial<DeliveryFacts>]>([
  ['received', { row }],
  ['received silently', { row: { ...row, silent: true } }],
  ['deleted', { row: { ...row, isDeleted: true } }],
  ['no such user', { user: undefined }],
  ['account deleted', { user: { isDeleted: true } }],
  ['notifies nobody', { reaction: undefined, event: { ...event, notifies: false } }],
  ['unexplained', { reaction: undefined }],
  ['the actor', { userId: 'cy' }],
  ['not entitled', { role: null }],
  ['not entitled', { role: 'MEMBER' }],
  ['not addressed', { reaction: { ...reaction, facts: { users: ['inviterId'] } } }],
  [
    'not addressed',
    {
      reaction: { ...reaction, facts: { roles: ['ADMIN'], except: ['userId'] } },
      event: { ...event, payload: { userId: 'bo' } },
    },
  ],
  [
    'not entitled',
    {
      reaction: { ...reaction, facts: { users: ['userId'], onlyMembers: true } },
      event: { ...event, payload: { userId: 'bo' } },
      role: null,
    },
  ],
  [
    'withheld',
    {
      reaction: { ...reaction, facts: { users: ['addresseeId'], unless: 'withheld' } },
      event: { ...event, payload: { addresseeId: 'bo', withheld: true } },
    },
  ],
  [
    'unexplained',
    {
      reaction: { ...reaction, facts: { users: ['addresseeId'], unless: 'withheld' } },
      event: { ...event, payload: { addresseeId: 'bo' } },
    },
  ],
  ['in the outbox', { event: { ...event, isPublished: false }, reaction: { ...reaction, state: undefined } }],
  ['waiting', { reaction: { ...reaction, state: undefined } }],
  ['waiting', { reaction: { ...reaction, state: undefined, dueAt: at } }],
  ['dead', { reaction: { ...reaction, state: 'dead', error: 'no template' } }],
  ['discarded', { reaction: { ...reaction, state: 'discarded' } }],
  ['being written', { isBeingWritten: true }],
  ['switched off', { hasSwitchedOff: true }],
  [
    'blocked',
    { reaction: personal, event: message({ audience: 'users', recipientIds: ['al', 'bo'] }), hasBlockedActor: true },
  ],
  [
    'not addressed',
    { reaction: personal, event: message({ audience: 'users', recipientIds: ['al'] }), role: 'MEMBER' },
  ],
  ['unexplained', {}],
])('%s: %j', (verdict, facts) => {
  const [found, detail] = judgeDelivery({ ...entitled, ...facts });
  expect(found).toBe(verdict);
  expect(detail).not.toBe('');
});

it('the detail of what waits or failed says until when, or why', () => {
  const detailOf = (more: object) => judgeDelivery({ ...entitled, reaction: { ...reaction, ...more } })[1];
  expect(detailOf({ state: undefined, dueAt: at })).toContain('2026-11-27T20:00:00.000Z');
  expect(detailOf({ state: 'dead', error: 'no template' })).toContain('no template');
});
