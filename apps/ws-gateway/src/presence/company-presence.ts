import type { PersonPresence, PresenceState } from '@convene/contracts/presence';
import type { PresenceEntry, Present } from '@convene/realtime/presence';

/** An entry as it was heard, with when its node said it: rising, by that node's clock. */
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
  /** The furthest ahead any entry is said (ms). */
  readonly horizonMs: number;
}

/**
 * Who of one company is there, as one node knows it from what gateways say and from what Redis holds. What arrives late,
 * twice or in another order ends the same. It also remembers what its watchers were told, and so knows what to tell.
 * Pure: time is a parameter, in ms.
 */
export class CompanyPresence {
  private readonly people = new Map<string, Person>();
  private readonly told = new Map<string, Present>();
  private readonly moved = new Set<string>();
  private changes = 0;
  private lapsesAt = Infinity;

  constructor(private readonly options: CompanyPresenceOptions) {}

  /** To be taken before Redis is read, and given to `load` with what was found. */
  get revision(): number {
    return this.changes;
  }

  /** When `lapse` has something to do. */
  get nextLapse(): number {
    return this.lapsesAt;
  }

  get hasNews(): boolean {
    return this.moved.size > 0;
  }

  /** What a node says, this one included. */
  hear(entry: ReceivedEntry, now: number): void {
    const known = this.people.get(entry.userId)?.entries.get(entry.node);
    if (known && known.at >= entry.at) return;
    this.put(entry, now);
  }

  /**
   * What Redis holds, read after `asOf`. It is newer than what was heard before the reading, older than what was heard
   * during it, and knows nothing better of this node's own people. What it does not hold proves nothing: Redis may have
   * been emptied. So that a departure that was not heard is found, it must hold what lapsed within the horizon, too.
   */
  load(entries: readonly PresenceEntry[], asOf: number, now: number): void {
    for (const entry of entries) {
      const known = this.people.get(entry.userId)?.entries.get(entry.node);
      if (known ? known.revision > asOf || known.node === this.options.ownNode : entry.until <= now) continue;
      this.put({ ...entry, at: known?.at ?? 0 }, now);
    }
  }

  /** Lets go of what nobody has renewed. */
  lapse(now: number): void {
    this.lapsesAt = Infinity;
    for (const [userId, person] of this.people) {
      for (const [node, { until, at }] of person.entries) {
        if (until > now) this.lapsesAt = Math.min(this.lapsesAt, until);
        // Kept for as long as something older might still arrive that says otherwise.
        else if (at + this.options.horizonMs <= now) person.entries.delete(node);
      }
      this.settle(userId, person, now);
      if (person.entries.size === 0) this.people.delete(userId);
    }
  }

  /** The next who are not as the watchers were told, each as they are now: from here on they count as told. */
  take(most: number): PersonPresence[] {
    const news: PersonPresence[] = [];
    for (const userId of this.moved) {
      if (news.length === most) break;
      const state = this.people.get(userId)?.state ?? 'OFFLINE';
      this.moved.delete(userId);
      if (state === 'OFFLINE') this.told.delete(userId);
      else this.told.set(userId, state);
      news.push({ userId, state });
    }
    return news;
  }

  /** What everybody who watches was told so far. With what `take` gives after it, a new watcher misses nothing. */
  announcedStates(most: number): { people: PersonPresence[]; complete: boolean } {
    const people: PersonPresence[] = [];
    for (const [userId, state] of this.told) {
      if (people.length === most) break;
      people.push({ userId, state });
    }
    return { people, complete: people.length === this.told.size };
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
    if (person.state === (this.told.get(userId) ?? 'OFFLINE')) this.moved.delete(userId);
    else this.moved.add(userId);
  }
}
