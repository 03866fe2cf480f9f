import { randomUUID } from 'node:crypto';
import { CompanyCreated } from '@convene/contracts/events/companies-created';
import { parseEvent, PoisonMessageError, serializeEvent } from './wire';

const event = {
  id: randomUUID(),
  type: CompanyCreated.type,
  occurredAt: new Date().toISOString(),
  actorId: randomUUID(),
  companyId: null,
  membershipVersion: null,
  payload: { companyId: randomUUID(), name: 'Acme' },
};

describe('parseEvent', () => {
  it('returns the serialized event', () => {
    expect(parseEvent(serializeEvent(event))).toEqual(event);
  });

  it.each([
    ['not JSON', Buffer.from('{'), /not JSON/],
    ['no type', Buffer.from('{}'), /Unknown event type/],
    ['an unknown type', serializeEvent({ ...event, type: 'unicorns.born' }), /Unknown event type unicorns.born/],
    [
      'a payload of another shape',
      serializeEvent({ ...event, payload: { name: 7 } }),
      /payload\.companyId.*payload\.name/,
    ],
  ])('refuses %s as poison', (_, body, message) => {
    expect(() => parseEvent(body)).toThrow(PoisonMessageError);
    expect(() => parseEvent(body)).toThrow(message);
  });
});
