import type { Rig } from './rig';
import { keyOfFrame } from './workload/person';

export interface Sample {
  /** Milliseconds since the case began. */
  readonly atMs: number;
  /** Operations accepted since the sample before, per second. */
  readonly acceptedPerS: number;
  /** Frames that came since the sample before, per second. */
  readonly deliveredPerS: number;
  /** Notifications of accepted operations that no device has yet. */
  readonly backlog: number;
}

export interface Series {
  readonly samples: readonly Sample[];
  /** When the fault began and was healed, in the same milliseconds. */
  readonly fault: readonly [fromMs: number, toMs: number];
  /** From the acceptance of an operation to its frame on the device, in milliseconds, over the whole case. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const EVERY_MS = 250;

/** Records throughput, backlog and latency of a case as callers and devices observe them. */
export class Recorder {
  private readonly samples: Sample[] = [];
  private readonly begun = Date.now();
  private readonly timer: NodeJS.Timeout;
  private fault: [number, number] = [0, 0];
  private last: { at: number; accepted: number; delivered: number };

  private constructor(private readonly rig: Rig) {
    this.last = { at: this.begun, ...this.totals() };
    this.timer = setInterval(() => this.sample(), EVERY_MS);
  }

  static start(rig: Rig): Recorder {
    return new Recorder(rig);
  }

  /** Notes when `fault` begins and ends. */
  async during<T>(fault: () => Promise<T>): Promise<T> {
    this.fault[0] = Date.now() - this.begun;
    try {
      return await fault();
    } finally {
      this.fault[1] = Date.now() - this.begun;
    }
  }

  stop(): void {
    clearInterval(this.timer);
  }

  series(): Series {
    const latencies = this.latencies();
    const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
    return { samples: this.samples, fault: this.fault, p50Ms: at(0.5), p99Ms: at(0.99) };
  }

  private sample(): void {
    const now = Date.now();
    const { accepted, delivered, expected } = this.totals();
    const seconds = (now - this.last.at) / 1_000;
    this.samples.push({
      atMs: now - this.begun,
      acceptedPerS: (accepted - this.last.accepted) / seconds,
      deliveredPerS: (delivered - this.last.delivered) / seconds,
      backlog: Math.max(0, expected - delivered),
    });
    this.last = { at: now, accepted, delivered };
  }

  private totals() {
    const { people, calls } = this.rig.workload;
    let delivered = 0;
    let expected = 0;
    for (const { device, expectedTotal } of people) {
      delivered += device.received.length;
      expected += expectedTotal;
    }
    return { accepted: calls.accepted, delivered, expected };
  }

  /** A frame may be there before the answer of the call: that is no time at all. */
  private latencies(): number[] {
    const found: number[] = [];
    for (const { device, expected } of this.rig.workload.people) {
      const seen = new Map<string, number>();
      for (const { frame, at } of device.received) {
        const key = keyOfFrame(frame);
        const nth = seen.get(key) ?? 0;
        seen.set(key, nth + 1);
        const accepted = expected.get(key)?.[nth];
        if (accepted !== undefined && at >= this.begun) found.push(Math.max(0, at - accepted));
      }
    }
    return found.sort((a, b) => a - b);
  }
}
