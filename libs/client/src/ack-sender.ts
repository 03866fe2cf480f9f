import type { ClientError } from './client-error';

/** A burst costs one acknowledgement. */
const GATHER_MS = 200;
const BETWEEN_MS = 1_000;

interface Link {
  readonly isLive: boolean;
  after(ms: number, act: () => void): void;
  /** @throws ClientError when it was not taken. */
  send(seq: number): Promise<unknown>;
}

/** Tells the server how far this device has come: the newest seq, at most once a second. */
export class AckSender {
  private wanted = 0;
  /** The position that the server has confirmed. */
  private acked = 0;
  private sentAt = -Infinity;
  private busy = false;

  constructor(private readonly link: Link) {}

  /** What has not been confirmed yet. */
  get due(): number | undefined {
    return this.wanted > this.acked ? this.wanted : undefined;
  }

  /** Everything up to `seq` has been handled. */
  note(seq: number): void {
    this.wanted = seq;
    this.schedule();
  }

  /** A new connection: what waited on the last one is void. */
  resume(): void {
    this.busy = false;
    this.schedule();
  }

  /** Another inbox: its seqs do not compare. */
  reset(): void {
    this.wanted = this.acked = 0;
  }

  private schedule(leastMs = GATHER_MS): void {
    if (this.busy || this.due === undefined || !this.link.isLive) return;
    this.busy = true;
    this.link.after(Math.max(leastMs, this.sentAt + BETWEEN_MS - Date.now()), () => void this.flush());
  }

  private async flush(): Promise<void> {
    const seq = this.wanted;
    this.sentAt = Date.now();
    let retryAfterMs: number | undefined;
    try {
      await this.link.send(seq);
    } catch (error) {
      const refusal = error as ClientError;
      if (refusal.retryable) retryAfterMs = refusal.retryAfterMs ?? BETWEEN_MS;
    }
    if (!this.link.isLive) return;
    // A permanent refusal is not repeated.
    if (retryAfterMs === undefined) this.acked = seq;
    this.busy = false;
    this.schedule(retryAfterMs);
  }
}
