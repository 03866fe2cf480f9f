import { CATALOGUE } from '@convene/contracts/catalogue';
import { bindingsOf, formerBindingsOf, queueOf, QUEUES } from './queues';

describe('topology', () => {
  it('routes the families as the original architecture does', () => {
    expect(queueOf('invites.created')).toBe('events.invites');
    expect(queueOf('memberships.joined')).toBe('events.members');
    expect(queueOf('companies.created')).toBe('events');
    expect(queueOf('invitation_mails.requested')).toBe('invites');
    expect(queueOf('account_mails.requested')).toBe('effects.mails');
    expect(queueOf('web_pushes.requested')).toBe('effects.pushes');
  });

  it('binds every family of the catalogue to exactly one queue', () => {
    const patterns = QUEUES.flatMap(bindingsOf);
    const families = [...new Set(CATALOGUE.map((event) => event.family))];
    expect(patterns.toSorted()).toEqual(families.map((family) => `${family}.#`).toSorted());
  });

  it('unbinds a queue from a family that moved to another', () => {
    for (const queue of QUEUES) {
      expect(formerBindingsOf(queue).filter((pattern) => bindingsOf(queue).includes(pattern))).toEqual([]);
    }
  });
});
