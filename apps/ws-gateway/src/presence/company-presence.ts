import type { PersonPresence, PresenceState } from '@convene/contracts/presence';
import type { PresenceEntry, Present } from '@convene/realtime/presence';

/** An entry as received, with the time at which its node published it. The time rises with each update of a node. */
export interface ReceivedEntry extends PresenceEntry {
  readonly at: number;
}

interface Known extends ReceivedEntry {
  /** Which change of the view brought it. */
  readonly revision: number;
}

interface Person {
  readonly entries: Map<string, Known>;
  state: PresenceState;
}

export interface CompanyPresenceOptions {
  readonly ownNode: string;
  /** The longest time (ms) for which an entry can hold. */
  readonly horizonMs: number;
}

/**
 * The presence of one company's users, as one node knows it from the updates of gateways and from Redis. Late, duplicate
 * and reordered updates lead to the same state. Example: node n1 publishes ana ONLINE at 7, then AWAY at 9; if 9 arrives
 * first, 7 is ignored. It also remembers the states announced to the watchers, and so knows what has changed for them.
 * Pure: time is a parameter, in ms.
 */
export class CompanyPresence {
  private readonly people = new Map<string, Person>();
  private readonly announced = new Map<string, Present>();
  private readonly moved = new Set<string>();
  private changes = 0;
  private lapsesAt = Infinity;

  constructor(private readonly options: CompanyPresenceOptions) {}

  /** Read it before Redis is read, and pass it to `load`. */
  get revision(): number {
    return this.changes;
  }

  /** When the next entry lapses. */
  get nextLapse(): number {
    return this.lapsesAt;
  }

  get hasNews(): boolean {
    return this.moved.size > 0;
  }

  /** An update of a node, this one included. One that is not newer than the known entry is ignored. */
  onUpdate(entry: ReceivedEntry, now: number): void {
    const known = this.people.get(entry.userId)?.entries.get(entry.node);
    if (known && known.at >= entry.at) return;
    this.put(entry, now);
  }

  /**
   * What Redis holds, read after `asOf`. It is newer than updates received before the read and older than updates
   * received during it. Entries of this node are ignored. A missing entry proves nothing: Redis may have been emptied. To
   * find a departure whose update was lost, `entries` includes those that lapsed within the horizon.
   */
  load(entries: readonly PresenceEntry[], asOf: number, now: number): void {
    for (const entry of entries) {
      const known = this.people.get(entry.userId)?.entries.get(entry.node);
      if (known ? known.revision > asOf || known.node === this.options.ownNode : entry.until <= now) continue;
      this.put({ ...entry, at: known?.at ?? 0 }, now);
    }
  }

  /** Drops entries that were not renewed. */
  lapse(now: number): void {
    this.lapsesAt = Infinity;
    for (const [userId, person] of this.people) {
      for (const [node, { until, at }] of person.entries) {
        if (until > now) this.lapsesAt = Math.min(this.lapsesAt, until);
        // Kept while an older update could still arrive and would count as new.
        else if (at + this.options.horizonMs <= now) person.entries.delete(node);
      }
      this.settle(userId, person, now);
      if (person.entries.size === 0) this.people.delete(userId);
    }
  }

  /** The next users whose state differs from the announced one. They count as announced from here on. */
  take(most: number): PersonPresence[] {
    const news: PersonPresence[] = [];
    for (const userId of this.moved) {
      if (news.length === most) break;
      const state = this.people.get(userId)?.state ?? 'OFFLINE';
      this.moved.delete(userId);
      if (state === 'OFFLINE') this.announced.delete(userId);
      else this.announced.set(userId, state);
      news.push({ userId, state });
    }
    return news;
  }

  /** The states announced so far. A new watcher that gets these and every later `take` misses nothing. */
  announcedStates(most: number): { people: PersonPresence[]; complete: boolean } {
    const people: PersonPresence[] = [];
    for (const [userId, state] of this.announced) {
      if (people.length === most) break;
      people.push({ userId, state });
    }
    return { people, complete: people.length === this.announced.size };
  }

  private put(entry: ReceivedEntry, now: number): void {
    const person = this.people.get(entry.userId) ?? { entries: new Map<string, Known>(), state: 'OFFLINE' };
    this.people.set(entry.userId, person);
    this.changes += 1;
    person.entries.set(entry.node, { ...entry, revision: this.changes });
    this.lapsesAt = Math.min(this.lapsesAt, entry.until);
    this.settle(entry.userId, person, now);
  }

  private settle(userId: string, person: Person, now: number): void {
    person.state = 'OFFLINE';
    for (const { state, until } of person.entries.values()) {
      if (until > now && person.state !== 'ONLINE') person.state = state;
    }
    if (person.state === (this.announced.get(userId) ?? 'OFFLINE')) this.moved.delete(userId);
    else this.moved.add(userId);
  }
}
