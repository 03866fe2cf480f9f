import { CompanyCreated } from '@convene/contracts/events/companies-created';
import { CompanyUpdated } from '@convene/contracts/events/companies-updated';
import { InviteCreated } from '@convene/contracts/events/invites-created';
import type { Guarantee } from '../reactions';
import { WorkerTransport } from './worker-transport';

/** As Nest builds it, but for the servers: no handler is called here. */
function transportOf(...queues: string[]) {
  const none = undefined as never;
  return new WorkerTransport(none, none, none, none, none, none, none, none, none, { queues } as never, none);
}
const handler = () => Promise.resolve([]);
const extras = (reaction: string, guarantee: Guarantee = 'exactly-once') => ({ reaction, guarantee });

describe('WorkerTransport at boot', () => {
  it('refuses two reactions of one name, which would share their ledger rows', () => {
    const transport = transportOf('events');
    transport.addHandler(CompanyCreated.type, handler, true, extras('greet'));
    expect(() => transport.addHandler(CompanyUpdated.type, handler, true, extras('greet'))).toThrow(
      'Two reactions are named greet',
    );
    expect(() => transport.addHandler(CompanyCreated.type, handler, true, extras('greet', 'at-least-once'))).toThrow(
      'Two reactions are named greet',
    );
  });

  it('refuses a second notifying reaction to one event, and an event of a queue that it does not consume', () => {
    const transport = transportOf('events');
    transport.addHandler(CompanyCreated.type, handler, true, extras('greet'));
    expect(() => transport.addHandler(CompanyCreated.type, handler, true, extras('welcome'))).toThrow(
      'two notifying reactions',
    );
    expect(() => transport.addHandler(InviteCreated.type, handler, true, extras('invite'))).toThrow(
      'is not this worker',
    );
  });
});
