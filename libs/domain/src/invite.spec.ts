import {
  decideInvite,
  decideReinvite,
  decideResend,
  decideRevoke,
  inviteExpiry,
  type InviteState,
  resendWaitMs,
  visibleStatus,
} from './invite';

const now = new Date('2030-01-08T00:00:00Z');
const invite = (over: Partial<InviteState> = {}): InviteState => ({
  status: 'PENDING',
  expiresAt: new Date('2030-01-09T00:00:00Z'),
  decidedByUserId: null,
  ...over,
});
const refused = (code: string) => ({ outcome: 'refused', code });

describe('an invite', () => {
  it('can be answered while pending', () => {
    expect(decideInvite(invite(), 'ACCEPTED', 'bo', now)).toEqual({ outcome: 'apply' });
    expect(decideInvite(invite(), 'REJECTED', 'bo', now)).toEqual({ outcome: 'apply' });
  });

  it('expires at its time, not when the expiry is recorded', () => {
    const late = invite({ expiresAt: now });
    expect(visibleStatus(late, now)).toBe('EXPIRED');
    expect(visibleStatus(late, new Date(now.getTime() - 1))).toBe('PENDING');
    expect(decideInvite(late, 'ACCEPTED', 'bo', now)).toEqual(refused('INVITE_EXPIRED'));
  });

  it('is open for the given number of days', () => {
    expect(inviteExpiry(now, 7)).toEqual(new Date('2030-01-15T00:00:00Z'));
  });

  it('states why it cannot be answered', () => {
    expect(decideInvite(invite({ status: 'REVOKED' }), 'ACCEPTED', 'bo', now)).toEqual(refused('INVITE_REVOKED'));
    expect(decideInvite(invite({ status: 'EXPIRED' }), 'ACCEPTED', 'bo', now)).toEqual(refused('INVITE_EXPIRED'));
  });

  it('accepts the same answer of the same user again, and no other', () => {
    const accepted = invite({ status: 'ACCEPTED', decidedByUserId: 'bo' });
    expect(decideInvite(accepted, 'ACCEPTED', 'bo', now)).toEqual({ outcome: 'repeated' });
    expect(decideInvite(accepted, 'REJECTED', 'bo', now)).toEqual(refused('INVITE_USED'));
    expect(decideInvite(accepted, 'ACCEPTED', 'cy', now)).toEqual(refused('INVITE_USED'));
  });

  const MINUTE = 60_000;
  const ago = (ms: number) => new Date(now.getTime() - ms);

  it('can be resent while pending or expired, and states which', () => {
    const sent = (over: Partial<InviteState> = {}) => ({ ...invite(over), sends: 1, sentAt: ago(MINUTE) });
    expect(decideResend(sent(), now)).toEqual({ outcome: 'apply', revives: false });
    expect(decideResend(sent({ expiresAt: now }), now)).toEqual({ outcome: 'apply', revives: true });
    expect(decideResend(sent({ status: 'EXPIRED' }), now)).toEqual({ outcome: 'apply', revives: true });
    expect(decideResend(sent({ status: 'REVOKED' }), now)).toEqual(refused('INVITE_REVOKED'));
    expect(decideResend(sent({ status: 'ACCEPTED' }), now)).toEqual(refused('INVITE_USED'));
    expect(decideResend(sent({ status: 'REJECTED' }), now)).toEqual(refused('INVITE_USED'));
    expect(decideResend({ ...sent(), sentAt: now }, now)).toEqual({ outcome: 'wait', waitMs: MINUTE });
  });

  it('waits twice as long before each further mail, at most a day', () => {
    const waits = [1, 2, 3, 4, 11, 12, 500].map((sends) => resendWaitMs({ sends, sentAt: now }, now) / MINUTE);
    expect(waits).toEqual([1, 2, 4, 8, 1024, 1440, 1440]);
    expect(resendWaitMs({ sends: 2, sentAt: ago(3 * MINUTE) }, now)).toBe(0);
  });

  it('that replaces another to its address continues its count of mails, and waits from the fourth on', () => {
    expect(decideReinvite(undefined, now)).toEqual({ sends: 1, waitMs: 0 });
    expect(decideReinvite({ sends: 2, sentAt: now }, now)).toEqual({ sends: 3, waitMs: 0 });
    expect(decideReinvite({ sends: 3, sentAt: now }, now)).toEqual({ sends: 4, waitMs: 4 * MINUTE });
    expect(decideReinvite({ sends: 3, sentAt: ago(5 * MINUTE) }, now)).toEqual({ sends: 4, waitMs: 0 });
    expect(decideReinvite({ sends: 9, sentAt: ago(1440 * MINUTE) }, now)).toEqual({ sends: 1, waitMs: 0 });
  });

  it('can be withdrawn while pending, also twice', () => {
    expect(decideRevoke(invite(), now)).toEqual({ outcome: 'apply' });
    expect(decideRevoke(invite({ status: 'REVOKED' }), now)).toEqual({ outcome: 'repeated' });
    expect(decideRevoke(invite({ expiresAt: now }), now)).toEqual(refused('INVITE_EXPIRED'));
    expect(decideRevoke(invite({ status: 'EXPIRED' }), now)).toEqual(refused('INVITE_EXPIRED'));
    expect(decideRevoke(invite({ status: 'ACCEPTED' }), now)).toEqual(refused('INVITE_USED'));
    expect(decideRevoke(invite({ status: 'REJECTED' }), now)).toEqual(refused('INVITE_USED'));
  });
});
