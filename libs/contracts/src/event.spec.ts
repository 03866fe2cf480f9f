import { z } from 'zod';
import { allowedFacts, defineEvent, defineInternalEvent, envelopeOf } from './event';

const payload = z.object({ inviteId: z.uuid() });

describe('defineEvent', () => {
  it('derives the family from the name, and declares a room frame only on request', () => {
    expect(defineEvent('join_requests.made', payload)).toMatchObject({
      family: 'join_requests',
      roomFrame: 'none',
      internal: false,
    });
    expect(defineEvent('invites.created', payload, { roomFrame: 'company' }).roomFrame).toBe('company');
    expect(defineInternalEvent('pushes.requested', payload)).toMatchObject({ internal: true, roomFrame: 'none' });
  });

  it.each([
    'invites',
    'invites.',
    '.created',
    'Invites.created',
    'invites.created.twice',
    'invites-created',
    'invites created',
    'invites.created_',
  ])('refuses the name %p', (name) => expect(() => defineEvent(name, payload)).toThrow('<plural>.<past_participle>'));

  it('exposes listed facts only', () => {
    expect(defineEvent('invites.created', payload, { roomFrame: 'company' })).toMatchObject({ frame: [], audit: [] });
    const listed = defineEvent('invites.created', payload, { frame: ['inviteId'], audit: ['inviteId'] });
    expect(listed).toMatchObject({ frame: ['inviteId'], audit: ['inviteId'] });
    expect(allowedFacts({ inviteId: 'i', inviteeId: 'u' }, listed.frame)).toEqual({ inviteId: 'i' });
    // @ts-expect-error No such fact.
    defineEvent('invites.created', payload, { frame: ['inviteeId'] });
    // @ts-expect-error No such fact.
    defineEvent('invites.created', payload, { audit: ['inviteeId'] });
    // @ts-expect-error No such fact.
    defineEvent('invites.created', payload, { hiddenFrom: { actor: 'byAddress' } });
  });

  it('is immutable', () => {
    const event = defineEvent('invites.created', payload);
    expect(() => Object.assign(event, { type: 'invites.deleted' })).toThrow(TypeError);
  });
});

describe('envelopeOf', () => {
  const wire = {
    id: '01890a5d-ac96-774b-bcce-b302099a8057',
    type: 'invites.created',
    occurredAt: '2026-01-01T00:00:00.000Z',
    actorId: null,
    companyId: null,
    membershipVersion: null,
    payload: { inviteId: '01890a5d-ac96-774b-bcce-b302099a8058' },
  };
  const envelope = envelopeOf(defineEvent('invites.created', payload));

  it('accepts an event with fields of a newer writer, and drops them', () => {
    expect(envelope.parse({ ...wire, added: 1, payload: { ...wire.payload, added: 2 } })).toEqual(wire);
  });

  it('refuses another event, and a payload of another shape', () => {
    expect(envelope.safeParse({ ...wire, type: 'invites.accepted' }).success).toBe(false);
    expect(envelope.safeParse({ ...wire, payload: {} }).success).toBe(false);
  });
});
