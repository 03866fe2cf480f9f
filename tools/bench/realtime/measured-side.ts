import { setTimeout as pause } from 'node:timers/promises';
import { companyRoom, userRoom } from '@convene/contracts/sockets/rooms';
import type { FramePublisher } from '@convene/realtime/frames';
import { type BenchUser, ClientGroup, type CommitTurns } from './client-group';
import { COMPANY_EVENT, companyFrame, inboxFrame } from './frames';
import type { Gauge, MeasuredServer } from './measured-server';
import type { Side } from './sides';

/** The data and the publisher that the measured slices of a side use. */
export interface Setup {
  readonly people: readonly BenchUser[];
  readonly companyId: string;
  readonly publisher: FramePublisher;
  readonly commit: CommitTurns;
}

const SETTLE_MS = 500;
/** Frames under way at most: enough for the server never to wait, too few to fill a client's buffer. */
const BROADCASTS_UNDER_WAY = 4;
const TARGETED_UNDER_WAY = 300;

/** One server with its clients. Every method is one slice of work, and returns how much of it one CPU-second does. */
export class MeasuredSide {
  private sent = 0;

  private constructor(
    readonly side: Side,
    private readonly server: MeasuredServer,
    private readonly clients: ClientGroup,
    private readonly setup: Setup,
  ) {}

  static async enter(side: Side, setup: Setup): Promise<MeasuredSide> {
    const server = await side.start();
    return new MeasuredSide(side, server, new ClientGroup(server, side.liveAt), setup);
  }

  /** Connects `count` more clients. */
  async accept(count: number): Promise<number> {
    const newcomers = this.setup.people.slice(this.clients.size, this.clients.size + count);
    return this.perCpuSecond(count, async () => {
      await this.clients.join(newcomers);
      await pause(SETTLE_MS);
    });
  }

  /** Memory of the process after a garbage collection. */
  weigh(): Promise<Gauge> {
    return this.server.collect();
  }

  /** Required before the first broadcast to a bare server, which knows no companies. */
  formCompany(): void {
    if (this.side.name !== 'gateway') this.server.send({ join: this.setup.companyId });
  }

  /** Frames to all members of the company. Bare Socket.IO emits by itself, without Redis in between: to its advantage. */
  broadcast(count: number): Promise<number> {
    const { companyId, publisher } = this.setup;
    return this.flood(count, this.clients.size, BROADCASTS_UNDER_WAY, () => {
      const frame = companyFrame(companyId);
      if (this.side.name === 'gateway') void publisher.emit(companyRoom(companyId), COMPANY_EVENT, frame);
      else this.server.send({ broadcast: { companyId, event: COMPANY_EVENT, frame } });
    });
  }

  /** Frames to one user each, published through the headless sharded adapter. */
  async target(frames: number): Promise<number> {
    const people = this.setup.people.slice(0, this.clients.size);
    await this.setup.commit(people, this.sent, this.sent + frames);
    return this.flood(frames, 1, TARGETED_UNDER_WAY, () => {
      const turn = this.sent++;
      const { userId } = this.setup.people[turn % this.clients.size] as BenchUser;
      const seq = Math.floor(turn / this.clients.size) + 1;
      void this.setup.publisher.emit(userRoom(userId), 'notifications.created', inboxFrame(seq));
    });
  }

  /** @throws when notifications did not come in order, each once. */
  requireOrder(): void {
    this.clients.requireOrder();
  }

  async leave(): Promise<void> {
    this.clients.leave();
    await this.server.stop();
  }

  /** Sends a new frame when an earlier one has arrived. */
  private flood(frames: number, reach: number, underWay: number, send: () => void): Promise<number> {
    return this.perCpuSecond(frames * reach, async () => {
      const start = this.clients.received;
      for (let sent = 0; sent < frames; sent += 1) {
        if (sent >= underWay) await this.clients.until(start + (sent - underWay + 1) * reach);
        send();
      }
      await this.clients.until(start + frames * reach);
    });
  }

  private async perCpuSecond(amount: number, work: () => Promise<void>): Promise<number> {
    const before = await this.server.measure();
    await work();
    return (amount * 1_000) / ((await this.server.measure()).cpuMs - before.cpuMs);
  }
}
