import { bulkhead, type BulkheadPolicy, BulkheadRejectedError, CircuitState } from 'cockatiel';
import { HostGate, type HostGateOptions, refusal } from './host-gate';
import type { ForeignHostUnavailable, Unavailability } from './host-unavailable';
import { countCall, countOpenBreakers } from './metrics';

export interface HostGatesOptions extends Omit<HostGateOptions, 'onState'> {
  /** Hosts that the operator knows: any number of calls may wait for one of them. All others are strangers'. */
  readonly known?: (host: string) => boolean;
  /** Calls in hand to all strangers' hosts together, those that wait included; those beyond are refused. */
  readonly strangers: number;
  /** Of these, calls at a time to hosts that have not answered yet. */
  readonly unproven: number;
  /** Hosts that are remembered; the least recently called is forgotten first. */
  readonly hosts?: number;
}

interface Entry {
  readonly gate: HostGate;
  readonly known: boolean;
  /** Of the slots of unproven hosts, those that one host may have. */
  readonly share: BulkheadPolicy;
}

const HOSTS = 1_000;
const SHARE = 2;
const WAITING_PER_UNPROVEN_HOST = 6;
/** Calls to unproven hosts in all, those that wait included, per slot. */
const UNPROVEN_PER_SLOT = 4;

/**
 * Gates to hosts that strangers name. A gate for each host is not enough, because a stranger can name any number of
 * hosts, and have them answer until it counts:
 *
 * - Calls to known hosts wait for nothing but their own host.
 * - Calls to all others have a bound together, so that a window of messages always has room for known hosts.
 * - Hosts that have never answered, or whose breaker has opened since, share a few slots; hosts that work do not wait for them.
 */
export class HostGates {
  private readonly entries = new Map<string, Entry>();
  private readonly unproven: BulkheadPolicy;
  private strangersCalls = 0;
  private unprovenCalls = 0;

  constructor(private readonly options: HostGatesOptions) {
    this.unproven = bulkhead(options.unproven, Infinity);
  }

  /** @throws ForeignHostUnavailable */
  async call<T>(host: string, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const entry = this.entryOf(host);
    if (entry.gate.refuses) throw this.refuse('breaker_open');
    return entry.known ? entry.gate.call(request) : this.callStrangers(entry, request);
  }

  private async callStrangers<T>(entry: Entry, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.strangersCalls >= this.options.strangers) throw this.refuse('busy');
    this.strangersCalls += 1;
    try {
      return await (entry.gate.proven ? entry.gate.call(request) : this.callUnproven(entry, request));
    } finally {
      this.strangersCalls -= 1;
    }
  }

  private async callUnproven<T>({ gate, share }: Entry, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.unprovenCalls >= this.options.unproven * UNPROVEN_PER_SLOT) throw this.refuse('busy');
    this.unprovenCalls += 1;
    try {
      return await share.execute(() => this.unproven.execute(() => gate.call(request)));
    } catch (error) {
      throw error instanceof BulkheadRejectedError ? this.refuse('busy') : error;
    } finally {
      this.unprovenCalls -= 1;
    }
  }

  private refuse(reason: Exclude<Unavailability, 'failed'>): ForeignHostUnavailable {
    countCall(this.options.kind, reason);
    return refusal(this.options.kind, reason);
  }

  private entryOf(host: string): Entry {
    const entry = this.entries.get(host) ?? this.newEntry(host);
    // Last in the map is the most recently called.
    this.entries.delete(host);
    this.entries.set(host, entry);
    if (this.entries.size > (this.options.hosts ?? HOSTS)) this.forgetOne();
    return entry;
  }

  private newEntry(host: string): Entry {
    const known = this.options.known?.(host) ?? false;
    const gate = new HostGate(known ? { ...this.options, waiting: Infinity } : this.options);
    return { gate, known, share: bulkhead(SHARE, WAITING_PER_UNPROVEN_HOST) };
  }

  /** A gate that is in use stays: forgotten, its host would get as many calls again. */
  private forgetOne(): void {
    for (const [host, { gate, share }] of this.entries) {
      if (!gate.idle || share.executionSlots < SHARE) continue;
      this.entries.delete(host);
      if (gate.state !== CircuitState.Closed) countOpenBreakers(this.options.kind, -1);
      return;
    }
  }
}
