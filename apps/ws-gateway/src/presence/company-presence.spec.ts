import * as fc from 'fast-check';
import type { PresenceState } from '@convene/contracts/presence';
import type { PresenceEntry } from '@convene/realtime/presence';
import { CompanyPresence, type ReceivedEntry } from './company-presence';

const HORIZON = 30;
const OWN = 'own';
const make = () => new CompanyPresence({ ownNode: OWN, horizonMs: HORIZON });
const entry = (more: Partial<ReceivedEntry> = {}): ReceivedEntry => ({
  ...{ userId: 'ana', node: 'n1', state: 'ONLINE', until: 30, at: 0 },
  ...more,
});
const taken = (view: CompanyPresence) => view.take(Infinity);

describe('a view of the presence in a company', () => {
  it('emits each user once, in the current state, and no state that ended before it was emitted', () => {
    const view = make();
    view.onUpdate(entry({ at: 1 }), 0);
    view.onUpdate(entry({ node: 'n2', state: 'AWAY', at: 1 }), 0);
    expect(taken(view)).toEqual([{ userId: 'ana', state: 'ONLINE' }]);
    view.onUpdate(entry({ state: 'AWAY', at: 2 }), 1);
    view.onUpdate(entry({ state: 'ONLINE', at: 3 }), 1);
    expect(view.hasNews).toBe(false);
  });

  it('drops the entries of a silent node to the millisecond, and keeps a later update', () => {
    const view = make();
    view.onUpdate(entry({ at: 1 }), 0);
    view.onUpdate(entry({ node: 'n2', state: 'AWAY', at: 1, until: 31 }), 0);
    expect(view.nextLapse).toBe(30);
    view.lapse(29);
    expect(taken(view)).toEqual([{ userId: 'ana', state: 'ONLINE' }]);
    view.lapse(30);
    expect(taken(view)).toEqual([{ userId: 'ana', state: 'AWAY' }]);
    view.lapse(31);
    expect(taken(view)).toEqual([{ userId: 'ana', state: 'OFFLINE' }]);
  });

  it('keeps all users when Redis was emptied, and its own users whatever Redis holds', () => {
    const view = make();
    view.onUpdate(entry({ at: 1 }), 0);
    view.onUpdate(entry({ userId: 'bo', node: OWN, until: Infinity, at: 1 }), 0);
    taken(view);
    view.load([], view.revision, 1);
    view.load([entry({ userId: 'bo', node: OWN, until: 1 })], view.revision, 2);
    expect(view.hasNews).toBe(false);
  });

  it('finds a departure whose update was lost', () => {
    const view = make();
    view.onUpdate(entry({ at: 1 }), 0);
    taken(view);
    view.load([entry({ until: 5 })], view.revision, 6);
    expect(taken(view)).toEqual([{ userId: 'ana', state: 'OFFLINE' }]);
  });

  it('does not replace a state confirmed by Redis with an older late update', () => {
    const view = make();
    view.onUpdate(entry({ at: 2, until: 3 }), 2);
    view.load([entry({ until: 3 })], view.revision, 3);
    view.onUpdate(entry({ at: 1, until: 30 }), 4);
    expect(taken(view)).toEqual([]);
  });

  it('prefers updates received during a read over the read', () => {
    const view = make();
    const asOf = view.revision;
    view.onUpdate(entry({ at: 2, until: 2 }), 2);
    view.load([entry({ until: 30 })], asOf, 2);
    expect(taken(view)).toEqual([]);
  });

  it('gives a new watcher the emitted states, so that the next change is correct for all', () => {
    const view = make();
    view.onUpdate(entry({ at: 1 }), 0);
    expect(view.announcedStates(10)).toEqual({ people: [], complete: true });
    taken(view);
    view.onUpdate(entry({ at: 2, until: 1 }), 1);
    const ana = { userId: 'ana', state: 'ONLINE' };
    expect(view.announcedStates(10)).toEqual({ people: [ana], complete: true });
    expect(view.announcedStates(0)).toEqual({ people: [], complete: false });
    expect(taken(view)).toEqual([{ userId: 'ana', state: 'OFFLINE' }]);
  });

  it('keeps no entry of a user who has left', () => {
    const view = make();
    view.onUpdate(entry({ at: 1, until: 2 }), 1);
    view.lapse(2);
    expect(view.nextLapse).toBe(Infinity);
    view.onUpdate(entry({ at: 0, until: 30 }), 3); // late
    expect(view.hasNews).toBe(false);
    view.lapse(31);
    expect((view as unknown as { people: Map<string, unknown> }).people.size).toBe(0);
  });
});

const NODES = [OWN, 'n1', 'n2'];
const step = fc.oneof(
  fc.record({
    kind: fc.constant('update' as const),
    user: fc.nat(2),
    node: fc.constantFrom(...NODES),
    state: fc.constantFrom('ONLINE' as const, 'AWAY' as const),
    ahead: fc.constantFrom(0, 5, HORIZON),
  }),
  fc.record({ kind: fc.constant('deliver' as const), which: fc.nat(100) }),
  fc.record({ kind: fc.constantFrom('read' as const, 'load' as const, 'take' as const, 'newcomer' as const) }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(20) }),
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** All updates in order, a view that receives them unreliably, and a watcher that applies what the view emits. */
class PresenceSimulation {
  now = 100;
  readonly view = make();
  private readonly updates: ReceivedEntry[] = [];
  private reading: { asOf: number; found: PresenceEntry[] } | undefined;
  watcher = new Map<string, PresenceState>();

  run(step: Step): void {
    if (step.kind === 'pass') this.now += step.ms;
    if (step.kind === 'update') this.update(step);
    if (step.kind === 'deliver' && this.updates.length > 0)
      this.deliver(this.updates[step.which % this.updates.length]!);
    if (step.kind === 'read') this.read();
    if (step.kind === 'load') this.load();
    if (step.kind === 'take') this.take(2);
    if (step.kind === 'newcomer') {
      const { people } = this.view.announcedStates(Infinity);
      this.watcher = new Map(people.map(({ userId, state }) => [userId, state]));
    }
  }

  private update({
    user,
    node,
    state,
    ahead,
  }: {
    user: number;
    node: string;
    state: 'ONLINE' | 'AWAY';
    ahead: number;
  }) {
    const at = Math.max(this.now, (this.updates.at(-1)?.at ?? 0) + 1);
    const entry = { userId: `u${user}`, node, state, at, until: this.now + ahead };
    // The users of the own node stay online until it publishes another state.
    if (node === OWN && ahead === HORIZON) entry.until = Infinity;
    this.updates.push(entry);
    if (node === OWN) this.view.onUpdate(entry, this.now);
  }

  private deliver(entry: ReceivedEntry): void {
    if (entry.node !== OWN) this.view.onUpdate(entry, this.now);
  }

  read(): void {
    const found = [...this.latest().values()].filter(({ until }) => until > this.now - HORIZON);
    this.reading = { asOf: this.view.revision, found };
  }

  load(): void {
    if (this.reading) this.view.load(this.reading.found, this.reading.asOf, this.now);
    this.reading = undefined;
  }

  deliverAll(order: number): void {
    const entries = [...this.updates].sort((one, other) => ((one.at * order) % 101) - ((other.at * order) % 101));
    for (const entry of entries) this.deliver(entry);
  }

  take(most: number): void {
    for (const { userId, state } of this.view.take(most)) this.watcher.set(userId, state);
  }

  /** The naive model: the last entry of each node, and the most present valid entry of each user. */
  truth(): Record<string, PresenceState> {
    const states: Record<string, PresenceState> = {};
    for (const { userId, state, until } of this.latest().values()) {
      if (until > this.now && states[userId] !== 'ONLINE') states[userId] = state;
    }
    return states;
  }

  seen(): Record<string, PresenceState> {
    return Object.fromEntries([...this.watcher].filter(([, state]) => state !== 'OFFLINE'));
  }

  private latest(): Map<string, ReceivedEntry> {
    return new Map(this.updates.map((entry) => [`${entry.userId} ${entry.node}`, entry]));
  }
}

describe('under late, duplicate, reordered and lost updates', () => {
  const ends = {
    'once all updates have arrived': (simulation: PresenceSimulation, order: number) => simulation.deliverAll(order),
    'once Redis is read again': (simulation: PresenceSimulation) => {
      simulation.read();
      simulation.load();
    },
  };
  it.each(Object.entries(ends))('a watcher has the true states %s', (_, end) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 100 }), (steps, order) => {
        const simulation = new PresenceSimulation();
        for (const step of steps) simulation.run(step);
        end(simulation, order);
        simulation.view.lapse(simulation.now);
        simulation.take(Infinity);
        expect(simulation.seen()).toEqual(simulation.truth());
        expect(simulation.view.hasNews).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });
});
