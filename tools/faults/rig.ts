import { setTimeout as wait } from 'node:timers/promises';
import type { Channel } from 'amqplib';
import { Client, type QueryResultRow } from 'pg';
import type { AppProcess } from '../dev/app-process';
import type { System } from '../dev/system';
import { onChannel } from './broker-channel';
import { sumOfMetric } from './metrics';
import type { Workload } from './workload/workload';

export interface RigOptions {
  readonly companies: number;
  /** Of the apps, beside what they need. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly undo: (() => unknown)[];
}

const LOOK_EVERY_MS = 50;
const EFFECT_TIMEOUT_MS = 30_000;
const PUBLISHERS_OF_FRAMES = ['api-gateway', 'notifications-worker'];

/** A running system with people at work, and what can be asked of both. What stands below it is up to each rig. */
export abstract class Rig {
  protected constructor(
    readonly system: System,
    readonly workload: Workload,
  ) {}

  /** Of the PostgreSQL that takes writes, as the owner of the database. */
  protected abstract get databaseUrl(): string;
  /** Of a broker that runs. */
  protected abstract get brokerUrl(): string;

  app(label: string): AppProcess {
    const app = this.system.apps.find((each) => each.label === label);
    if (!app) throw new Error(`There is no ${label}`);
    return app;
  }

  /** Runs SQL as the owner of the database, directly: not by the way that the apps take. */
  async query<Row extends QueryResultRow>(statement: string, values: unknown[] = []): Promise<Row[]> {
    const client = await this.connect();
    try {
      return (await client.query<Row>(statement, values)).rows;
    } finally {
      await client.end();
    }
  }

  async connect(): Promise<Client> {
    const client = new Client({ connectionString: this.databaseUrl });
    // A case may end the server meanwhile: the statement under way reports it.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Runs `work` on a channel to the broker, directly. */
  withBroker<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    return onChannel(this.brokerUrl, work);
  }

  /** The sum of a metric over apps and all its label sets that contain `label`, as in `outcome="returned"`. */
  metrics(labels: readonly string[], name: string, label = ''): Promise<number> {
    return sumOfMetric(
      labels.map((each) => this.app(each).internalUrl),
      name,
      label,
    );
  }

  /** Repeats `look` until it returns a value. @throws when the fault had no such effect in time. */
  async until<T>(
    what: string,
    look: () => Promise<T | undefined | false> | T | undefined | false,
    withinMs = EFFECT_TIMEOUT_MS,
  ): Promise<T> {
    for (const end = Date.now() + withinMs; Date.now() < end; await wait(LOOK_EVERY_MS)) {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
      if (this.workload.failure) throw this.workload.failure;
    }
    throw new Error(`The fault had no effect: not seen within ${withinMs / 1_000} s: ${what}`);
  }

  /** Resolves when so many more events wait in the outbox, or operations have been accepted: work went on meanwhile. */
  async pending(atLeast: number): Promise<string> {
    const count = await this.until(`${atLeast} pending events`, async () => {
      const [row] = await this.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM domain_events WHERE published_at IS NULL',
      );
      return row && row.n >= atLeast && row.n;
    });
    return `${count} events were pending`;
  }

  /** Resolves when callers were refused or cut off so often since `before`. */
  async failing(atLeast: number, before = this.failures): Promise<string> {
    const count = await this.until(`${atLeast} failing calls`, () => {
      const more = this.failures - before;
      return more >= atLeast && more;
    });
    return `${count} calls failed`;
  }

  /** Resolves when Redis has not taken so many frames since now: they reach their devices by another way. */
  async framesRefused(atLeast: number): Promise<string> {
    const publishers = this.system.apps.filter(({ name }) => PUBLISHERS_OF_FRAMES.includes(name));
    const labels = publishers.map(({ label }) => label);
    const refused = () => this.metrics(labels, 'realtime_publish_failures_total');
    const before = await refused();
    const count = await this.until(`${atLeast} frames that Redis did not take`, async () => {
      const more = (await refused()) - before;
      return more >= atLeast && more;
    });
    return `${count} frames were not taken`;
  }

  /** Resolves when so many operations have been accepted from now on, however slow the machine. @throws when none is for long */
  async accepting(atLeast: number): Promise<void> {
    const { calls } = this.workload;
    const all = calls.accepted + atLeast;
    while (calls.accepted < all) {
      const before = calls.accepted;
      await this.until(`the next of ${atLeast} accepted operations`, () => calls.accepted > before);
    }
  }

  get failures(): number {
    const { refused, broken } = this.workload.calls;
    return refused + broken;
  }
}
