import { CATALOGUE } from '@convene/contracts/catalogue';
import { bindingsOf, queueOf, QUEUES } from './queues';

describe('topology', () => {
  it('routes the families as the architecture says', () => {
    expect(queueOf('invites.created')).toBe('events.invites');
    expect(queueOf('memberships.joined')).toBe('events.members');
    expect(queueOf('companies.created')).toBe('events');
    expect(queueOf('invitation_mails.requested')).toBe('invites');
  });

  it('every family of the catalogue is bound to exactly one queue', () => {
    const patterns = QUEUES.flatMap(bindingsOf);
    const families = [...new Set(CATALOGUE.map((event) => event.family))];
    expect(patterns.toSorted()).toEqual(families.map((family) => `${family}.#`).toSorted());
  });
});
