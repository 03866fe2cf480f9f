import { randomUUID } from 'node:crypto';
import { PoisonMessageError } from '@convene/messaging/wire';
import { parseInvitesMessage } from './legacy-invite-message';

const bytes = (json: unknown) => Buffer.from(JSON.stringify(json));

describe('parseInvitesMessage', () => {
  it('takes the bare message of the original architecture', () => {
    const inviteId = randomUUID();
    expect(parseInvitesMessage(bytes({ inviteId }))).toMatchObject({
      type: 'invitation_mails.requested',
      payload: { inviteId },
    });
  });

  it('takes an event as it is, id included', () => {
    const event = parseInvitesMessage(bytes({ inviteId: randomUUID() }));
    expect(parseInvitesMessage(bytes(event))).toEqual(event);
  });

  it.each([[{ inviteId: 'no-uuid' }], [{ inviteId: 7 }], [{}], ['text'], [null]])('refuses %p as poison', (body) => {
    expect(() => parseInvitesMessage(bytes(body))).toThrow(PoisonMessageError);
  });
});
