import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { HealthRegistry } from '@convene/observability/health';
import { logger } from '@convene/observability/logger';
import { closeConnection, spread } from './connection-closer';
import { ConnectionRegistry } from './connection-registry';

const BATCH = 200;
const BETWEEN_BATCHES_MS = 100;
const MIN_SPREAD_MS = 1_000;
const MAX_SPREAD_MS = 30_000;

/** Empties a node, which shuts down or is ordered to: it refuses new connections and closes the others with a `retryAfterMs` that differs per client. */
@Injectable()
export class Drain {
  private draining = false;
  private latest: Promise<void> = Promise.resolve();

  constructor(
    private readonly health: HealthRegistry,
    private readonly users: ConnectionRegistry,
  ) {}

  get isDraining(): boolean {
    return this.draining;
  }

  /** Once more, it closes those that have come since: they were in their handshake. */
  execute(): Promise<void> {
    this.draining = true;
    this.health.drain();
    this.latest = this.latest.then(() => this.closeAll());
    return this.latest;
  }

  private async closeAll(): Promise<void> {
    const connections = this.users.connections();
    const spreadMs = Math.min(Math.max(connections.length * 2, MIN_SPREAD_MS), MAX_SPREAD_MS);
    logger.info({ connections: connections.length, spreadMs }, 'Draining: closing connections');
    for (let at = 0; at < connections.length; at += BATCH) {
      if (at > 0) await pause(BETWEEN_BATCHES_MS);
      for (const connection of connections.slice(at, at + BATCH)) {
        closeConnection(connection, 'GOING_AWAY', spread(spreadMs));
      }
    }
  }
}
