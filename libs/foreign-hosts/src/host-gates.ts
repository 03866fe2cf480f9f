import { bulkhead, type BulkheadPolicy, BulkheadRejectedError, CircuitState } from 'cockatiel';
import { HostGate, type HostGateOptions, refusal } from './host-gate';
import type { ForeignHostUnavailable, Unavailability } from './host-unavailable';
import { countCall, countOpenBreakers } from './metrics';

export interface HostGatesOptions extends Omit<HostGateOptions, 'onState'> {
  /** Hosts that the operator trusts: any number of calls may wait for one of them. Users choose all other hosts. */
  readonly known?: (host: string) => boolean;
  /** Calls to all other hosts together, including those that wait; calls beyond are refused. */
  readonly maxToUnknown: number;
  /** Of these, calls at a time to hosts that have not answered yet. */
  readonly maxToUnproven: number;
  /** Hosts with a gate; the gate of the least recently called host is dropped first. */
  readonly maxHosts?: number;
}

interface Entry {
  readonly gate: HostGate;
  readonly known: boolean;
  /** The slots of unproven hosts that one host may use. */
  readonly share: BulkheadPolicy;
}

const MAX_HOSTS = 1_000;
const SHARE = 2;
const WAITING_PER_UNPROVEN_HOST = 6;
/** Calls to unproven hosts per slot, including those that wait. */
const UNPROVEN_PER_SLOT = 4;

/**
 * Gates to hosts that users choose, such as push endpoints. A gate per host is not enough, because an attacker can register
 * any number of hosts, which answer at first and hang later:
 *
 * - Calls to known hosts wait only for other calls to the same host.
 * - Calls to all other hosts have a common limit, so that the message window always has room for known hosts.
 * - Hosts that have never answered, or whose breaker has opened since, share a few slots; hosts that work do not wait for them.
 */
export class HostGates {
  private readonly entries = new Map<string, Entry>();
  private readonly unproven: BulkheadPolicy;
  private unknownCalls = 0;
  private unprovenCalls = 0;

  constructor(private readonly options: HostGatesOptions) {
    this.unproven = bulkhead(options.maxToUnproven, Infinity);
  }

  /** @throws ForeignHostUnavailable */
  async call<T>(host: string, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const entry = this.entryOf(host);
    if (entry.gate.refuses) throw this.refuse('breaker_open');
    return entry.known ? entry.gate.call(request) : this.callUnknown(entry, request);
  }

  private async callUnknown<T>(entry: Entry, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.unknownCalls >= this.options.maxToUnknown) throw this.refuse('busy');
    this.unknownCalls += 1;
    try {
      return await (entry.gate.proven ? entry.gate.call(request) : this.callUnproven(entry, request));
    } finally {
      this.unknownCalls -= 1;
    }
  }

  private async callUnproven<T>({ gate, share }: Entry, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.unprovenCalls >= this.options.maxToUnproven * UNPROVEN_PER_SLOT) throw this.refuse('busy');
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
    if (this.entries.size > (this.options.maxHosts ?? MAX_HOSTS)) this.dropOne();
    return entry;
  }

  private newEntry(host: string): Entry {
    const known = this.options.known?.(host) ?? false;
    const gate = new HostGate(known ? { ...this.options, waiting: Infinity } : this.options);
    return { gate, known, share: bulkhead(SHARE, WAITING_PER_UNPROVEN_HOST) };
  }

  /** Keeps gates with calls in progress: a new gate would allow the host as many calls again. */
  private dropOne(): void {
    for (const [host, { gate, share }] of this.entries) {
      if (!gate.idle || share.executionSlots < SHARE) continue;
      this.entries.delete(host);
      if (gate.state !== CircuitState.Closed) countOpenBreakers(this.options.kind, -1);
      return;
    }
  }
}
