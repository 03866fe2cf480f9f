import { keyOf } from './person';

it('a notification is known by what the operation says of it, of which nothing occurs twice', () => {
  const userId = 'a2b7f1c0-0000-7000-8000-000000000000';
  const joined = (userName: string) => keyOf('MEMBER_JOINED', { companyName: 'Simulated', userId, userName });
  expect(joined('Guest 1')).toBe('MEMBER_JOINED Guest 1');
  expect(joined('Guest 2')).not.toBe(joined('Guest 1'));
  expect(keyOf('INVITE_ACCEPTED', { inviteId: 'i', userName: 'Guest 1' })).toBe('INVITE_ACCEPTED i');
});
