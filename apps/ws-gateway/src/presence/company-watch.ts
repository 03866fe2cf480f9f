import type { PersonPresence } from '@convene/contracts/presence';
import { logger, reasonOf } from '@convene/observability/logger';
import type { PresenceEntry } from '@convene/realtime/presence';
import type { Connection } from '../connections/connection';
import { OutgoingMessage } from '../engine/outgoing-message';
import { countEmitted, presenceFrames, presenceReloadDuration } from '../metrics';
import type { CompanyPresence, ReceivedEntry } from './company-presence';

/** How long the first change waits for others that come with it. */
const GATHER_MS = 100;
/** Then one frame at a time: a list of people that changes more often than this cannot be read. */
const FRAME_EVERY_MS = 1_000;
/** People per frame, some 35 KB: 10,000 changes take 20 frames. */
export const MAX_PER_FRAME = 500;
/** Lapses within this are looked for together. */
const LAPSE_GRAIN_MS = 50;

export interface CompanyWatchOptions {
  readonly companyId: string;
  readonly view: CompanyPresence;
  readonly reloadEveryMs: number;
  /** What Redis holds of the company. */
  readonly read: () => Promise<PresenceEntry[]>;
}

/** One company that sockets of this node watch: keeps the view of it current, and sends them the changes. */
export class CompanyWatch {
  readonly watchers = new Set<Connection>();
  /** Resolves when the view can be shown; without Redis it then holds only this node's own people. */
  readonly loaded: Promise<void>;
  private ready = false;
  private stopped = false;
  private sentAt = 0;
  private reloading: NodeJS.Timeout | undefined;
  private lapsing: NodeJS.Timeout | undefined;
  private sending: NodeJS.Timeout | undefined;

  /** @param subscribed Resolves when this node receives the company's presence frames. */
  constructor(
    private readonly options: CompanyWatchOptions,
    subscribed: () => Promise<unknown>,
  ) {
    this.loaded = subscribed()
      .then(() => this.reload())
      .then(() => {
        this.options.view.take(Infinity);
        this.ready = true;
      });
  }

  onUpdate(entry: ReceivedEntry): void {
    this.options.view.onUpdate(entry, Date.now());
    this.follow();
  }

  announcedStates(most: number): { people: PersonPresence[]; complete: boolean } {
    return this.options.view.announcedStates(most);
  }

  /** Reads the entries of all nodes. Never throws: the next reload tries again. */
  async reload(): Promise<void> {
    clearTimeout(this.reloading);
    const observe = presenceReloadDuration.startTimer();
    const { view, companyId } = this.options;
    const asOf = view.revision;
    try {
      view.load(await this.options.read(), asOf, Date.now());
      observe();
    } catch (error) {
      logger.debug({ companyId, reason: reasonOf(error) }, 'Presence could not be read');
    }
    if (this.stopped) return;
    clearTimeout(this.reloading);
    this.reloading = setTimeout(() => void this.reload(), this.options.reloadEveryMs).unref();
    view.lapse(Date.now());
    this.follow();
  }

  stop(): void {
    this.stopped = true;
    for (const timer of [this.reloading, this.lapsing, this.sending]) clearTimeout(timer);
  }

  private follow(): void {
    if (this.stopped) return;
    const { view } = this.options;
    const now = Date.now();
    clearTimeout(this.lapsing);
    if (view.nextLapse < Infinity) {
      this.lapsing = setTimeout(() => this.lapse(), Math.max(view.nextLapse - now, LAPSE_GRAIN_MS)).unref();
    }
    if (this.ready && view.hasNews) {
      this.sending ??= setTimeout(() => this.send(), Math.max(GATHER_MS, this.sentAt + FRAME_EVERY_MS - now)).unref();
    }
  }

  private lapse(): void {
    this.options.view.lapse(Date.now());
    this.follow();
  }

  private send(): void {
    this.sending = undefined;
    const { view, companyId } = this.options;
    const people = view.take(MAX_PER_FRAME);
    if (this.watchers.size > 0 && people.length > 0) {
      this.sentAt = Date.now();
      const message = new OutgoingMessage('presence.changed', { companyId, people });
      for (const connection of [...this.watchers]) {
        connection.pass(message);
        connection.checkBacklog();
      }
      presenceFrames.inc();
      countEmitted('presence.changed', this.watchers.size);
    }
    this.follow();
  }
}
