import type { NotificationCreatedFrame } from '@convene/contracts/frames';
import { AckSender } from './ack-sender';
import { ClientError } from './client-error';
import type { Connection } from './connection';
import { InboxPosition, type ResumeAnswer } from './inbox-position';
import type { Notification } from './notifications';
import { SerialQueue } from './serial-queue';
import type { Position, PositionStorage } from './types';

const RESYNC_AFTER_MS = { least: 100, most: 1_000 };

interface Hooks {
  notification(notification: Notification): Promise<unknown> | undefined;
  gap(headSeq: number): Promise<unknown> | undefined;
  error(error: ClientError): void;
}

/** The inbox of this device: each notification once, in order; then it is saved, and acknowledged. */
export class Inbox {
  private position = new InboxPosition();
  private readonly queue = new SerialQueue();
  private readonly acks: AckSender;
  private resyncing = false;
  /** How far it must reach, or be asked for again. */
  private wanted = 0;

  constructor(
    private readonly connection: Connection,
    private readonly storage: PositionStorage | undefined,
    private readonly hooks: Hooks,
  ) {
    this.acks = new AckSender({
      get isLive() {
        return connection.isLive;
      },
      after: (ms, act) => void connection.timers.after(ms, act),
      send: (seq) => connection.ask('inbox.ack', { seq }),
    });
  }

  get current(): Position | undefined {
    return this.position.current;
  }

  /** The position that is handled and not acknowledged yet. */
  get unacknowledged(): number | undefined {
    return this.acks.due;
  }

  async load(): Promise<void> {
    try {
      this.position = new InboxPosition(await this.storage?.load());
    } catch (cause) {
      this.hooks.error(new ClientError({ code: 'STORAGE_FAILED', message: 'load() failed', cause }));
    }
  }

  /** @returns whether it is another inbox than before. */
  ready(answer: ResumeAnswer): boolean {
    this.resyncing = false;
    this.wanted = 0;
    const outcome = this.goOn(answer);
    this.acks.resume();
    return outcome === 'restarted';
  }

  offer(frame: NotificationCreatedFrame): void {
    if (!this.position.accept(frame.seq)) return;
    const reached = this.position.current;
    this.queue.add(() =>
      // The contract keeps code and params apart, for codes that are still to come.
      this.after(this.hooks.notification(frame as unknown as Notification), () => {
        this.acks.note(frame.seq);
        return this.save(reached);
      }),
    );
  }

  /** Frames up to `headSeq` were held back: asks for them, a moment later than others do. */
  resync(headSeq: number): void {
    this.wanted = Math.max(this.wanted, headSeq);
    if (this.resyncing) return;
    this.resyncing = true;
    const { least, most } = RESYNC_AFTER_MS;
    this.connection.timers.after(least + Math.random() * (most - least), () => void this.resume());
  }

  close(): void {
    this.queue.clear();
  }

  private async resume(): Promise<void> {
    const upTo = this.wanted;
    // The held-back notifications may have arrived meanwhile.
    const { lastSeq } = this.position.current ?? { lastSeq: 0 };
    if (lastSeq < upTo) {
      try {
        this.goOn(await this.connection.insist('inbox.resume', () => this.place()));
      } catch (cause) {
        this.hooks.error(cause as ClientError);
      }
    }
    this.resyncing = false;
    if (this.wanted > upTo) this.resync(this.wanted);
  }

  private place() {
    const { lastSeq = 0, epoch } = this.position.current ?? {};
    return { lastSeq, epoch };
  }

  private goOn(answer: ResumeAnswer) {
    const outcome = this.position.goOn(answer);
    if (outcome === 'restarted') this.acks.reset();
    if (outcome === 'resumed') return outcome;
    const reached = this.position.current;
    this.queue.add(() => this.after(this.hooks.gap(answer.headSeq), () => this.save(reached)));
    return outcome;
  }

  /** Returns no promise when no handler did, so that the frames of one packet are handled synchronously. */
  private after(pending: Promise<unknown> | undefined, act: () => PromiseLike<unknown> | undefined) {
    return pending ? pending.then(act) : act();
  }

  private save(position: Position | undefined): Promise<void> | undefined {
    if (!position || !this.storage) return undefined;
    const failed = (cause: unknown) =>
      this.hooks.error(new ClientError({ code: 'STORAGE_FAILED', message: 'save() failed', cause }));
    try {
      return Promise.resolve(this.storage.save(position)).catch(failed);
    } catch (cause) {
      failed(cause);
      return undefined;
    }
  }
}
