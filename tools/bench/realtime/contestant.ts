import { setTimeout as pause } from 'node:timers/promises';
import { companyRoom, userRoom } from '@convene/contracts/sockets/rooms';
import type { FramePublisher } from '@convene/realtime/frames';
import { type CommitTurns, Crowd, type Somebody } from './crowd';
import { COMPANY_EVENT, companyFrame, inboxFrame } from './frames';
import type { Gauge, MeasuredServer } from './measured-server';
import type { Side } from './sides';

/** What a contestant is put through. */
export interface Ground {
  readonly people: readonly Somebody[];
  readonly companyId: string;
  readonly bus: FramePublisher;
  readonly commit: CommitTurns;
}

const SETTLE_MS = 500;
/** Frames under way at most: enough for the server never to wait, too few to fill a client's buffer. */
const BROADCASTS_UNDER_WAY = 4;
const TARGETED_UNDER_WAY = 300;

/** One server with its clients. Every method is one slice of work, and answers how much of it a CPU-second did. */
export class Contestant {
  private sent = 0;

  private constructor(
    readonly side: Side,
    private readonly server: MeasuredServer,
    private readonly crowd: Crowd,
    private readonly ground: Ground,
  ) {}

  static async enter(side: Side, ground: Ground): Promise<Contestant> {
    const server = await side.start();
    return new Contestant(side, server, new Crowd(server, side.liveAt), ground);
  }

  /** Connects so many more. */
  async accept(count: number): Promise<number> {
    const newcomers = this.ground.people.slice(this.crowd.size, this.crowd.size + count);
    return this.perCpuSecond(count, async () => {
      await this.crowd.join(newcomers);
      await pause(SETTLE_MS);
    });
  }

  /** What the process holds when all garbage is gone. */
  weigh(): Promise<Gauge> {
    return this.server.collect();
  }

  /** Before the first broadcast: bare servers know no companies. */
  formCompany(): void {
    if (this.side.name !== 'gateway') this.server.tell({ join: this.ground.companyId });
  }

  /** Frames to everybody. Bare Socket.IO emits by itself, without Redis in between: to its advantage. */
  broadcast(frames: number): Promise<number> {
    const { companyId, bus } = this.ground;
    return this.flood(frames, this.crowd.size, BROADCASTS_UNDER_WAY, () => {
      const frame = companyFrame(companyId);
      if (this.side.name === 'gateway') void bus.emit(companyRoom(companyId), COMPANY_EVENT, frame);
      else this.server.tell({ broadcast: { companyId, event: COMPANY_EVENT, frame } });
    });
  }

  /** Frames to one person each, published through the headless sharded adapter. */
  async target(frames: number): Promise<number> {
    const people = this.ground.people.slice(0, this.crowd.size);
    await this.ground.commit(people, this.sent, this.sent + frames);
    return this.flood(frames, 1, TARGETED_UNDER_WAY, () => {
      const turn = this.sent++;
      const { userId } = this.ground.people[turn % this.crowd.size] as Somebody;
      const seq = Math.floor(turn / this.crowd.size) + 1;
      void this.ground.bus.emit(userRoom(userId), 'notifications.created', inboxFrame(seq));
    });
  }

  async leave(): Promise<void> {
    this.crowd.leave();
    await this.server.stop();
  }

  /** A new frame is sent when an old one has come. */
  private flood(frames: number, reach: number, underWay: number, send: () => void): Promise<number> {
    return this.perCpuSecond(frames * reach, async () => {
      const start = this.crowd.received;
      for (let sent = 0; sent < frames; sent += 1) {
        if (sent >= underWay) await this.crowd.until(start + (sent - underWay + 1) * reach);
        send();
      }
      await this.crowd.until(start + frames * reach);
    });
  }

  private async perCpuSecond(amount: number, work: () => Promise<void>): Promise<number> {
    const before = await this.server.measure();
    await work();
    return (amount * 1_000) / ((await this.server.measure()).cpuMs - before.cpuMs);
  }
}
