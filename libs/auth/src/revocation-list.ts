import { Inject, Injectable, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { logger, reasonOf } from '@convene/observability/logger';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { RedisConnections } from '@convene/redis/redis-connections';

export interface Revocation {
  readonly sessionId: string;
  readonly userId: string;
}

export const ACCESS_TTL_SECONDS = Symbol('ACCESS_TTL_SECONDS');

const CHANNEL = 'convene.sessions.revoked';
const RELOAD_MS = 15_000;
const RETRY_MS = 1_000;
/** A reload looks back this much further than the last one: a row becomes visible at its commit, with an earlier time. */
const OVERLAP_SECONDS = 60;

const Message = z.object({ sessionId: z.uuid(), userId: z.uuid() });

/**
 * The sessions that have ended while some of their access tokens are still valid. It is read from PostgreSQL at boot, every
 * 15 s and whenever Redis is reachable again. Redis publishes a revocation within milliseconds, and is not required.
 */
@Injectable()
export class RevocationList implements OnModuleInit, OnModuleDestroy {
  private readonly seenAt = new Map<string, number>();
  private readonly listeners = new Set<(revocation: Revocation) => void>();
  private readonly subscriber;
  private loadedAt: number | undefined;
  private loading: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private failing = false;

  constructor(
    private readonly database: Database,
    private readonly redis: RedisConnections,
    @Inject(ACCESS_TTL_SECONDS) private readonly ttlSeconds: number,
  ) {
    this.subscriber = redis.open({ role: 'subscriber' });
    this.subscriber.on('message', (_channel: string, message: string) => this.receive(message));
    this.subscriber.on('ready', () => void this.subscribe());
  }

  async onModuleInit(): Promise<void> {
    await this.reload();
  }

  onModuleDestroy(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  isRevoked(sessionId: string): boolean {
    return this.seenAt.has(sessionId);
  }

  /** Calls `listener` once for every session that is revoked from now on. @returns a function that removes it. */
  onRevoked(listener: (revocation: Revocation) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** To be called after the commit. In effect here at once; in other processes by Redis, or at their next reload. */
  async publish(sessionId: string, userId: string): Promise<void> {
    this.add({ sessionId, userId });
    try {
      await this.redis.commands.publish(CHANNEL, JSON.stringify({ sessionId, userId }));
    } catch (error) {
      logger.warn(
        { reason: reasonOf(error) },
        'A revocation was not published; other gateways find it at their next reload',
      );
    }
  }

  /** Reads the revocations since the last reload, after any reload in progress. Never throws. */
  reload(): Promise<void> {
    this.loading = this.loading.then(() => this.load());
    return this.loading;
  }

  private async load(): Promise<void> {
    if (this.stopped) return;
    clearTimeout(this.timer);
    const startedAt = performance.now();
    const sinceLast = this.loadedAt === undefined ? this.ttlSeconds : (startedAt - this.loadedAt) / 1000;
    let pause = RELOAD_MS;
    try {
      const rows = await this.database.query<Revocation>(sql`
        SELECT id AS "sessionId", user_id AS "userId" FROM sessions
        WHERE revoked_at > now() - make_interval(secs => ${sinceLast + OVERLAP_SECONDS})`);
      this.loadedAt = startedAt;
      this.failing = false;
      for (const row of rows) this.add(row);
      this.forget();
    } catch (error) {
      pause = RETRY_MS;
      if (!this.failing) logger.warn({ reason: reasonOf(error) }, 'Revocations cannot be read; retrying every second');
      this.failing = true;
    }
    if (!this.stopped) this.timer = setTimeout(() => void this.reload(), pause).unref();
  }

  private add(revocation: Revocation): void {
    if (this.seenAt.has(revocation.sessionId)) return;
    this.seenAt.set(revocation.sessionId, performance.now());
    for (const listener of this.listeners) listener(revocation);
  }

  /** Drops sessions whose last access token has expired. */
  private forget(): void {
    const before = performance.now() - (this.ttlSeconds + OVERLAP_SECONDS) * 1000;
    for (const [sessionId, at] of this.seenAt) if (at < before) this.seenAt.delete(sessionId);
  }

  /** Reloads after it has subscribed, because revocations published before are in PostgreSQL only. */
  private async subscribe(): Promise<void> {
    try {
      await this.subscriber.subscribe(CHANNEL);
    } catch (error) {
      logger.warn({ reason: reasonOf(error) }, 'Revocations are found by reloads until Redis is reachable again');
    }
    await this.reload();
  }

  private receive(message: string): void {
    const revocation = Message.safeParse(parseJson(message));
    if (revocation.success) this.add(revocation.data);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
