import { Injectable } from '@nestjs/common';
import { DeadlineError, withDeadline } from './deadline';
import { logger, reasonOf } from './logger';

export interface HealthCheck {
  readonly name: string;
  /** Without a critical dependency a process is not ready; without any other it continues to serve, degraded. */
  readonly critical: boolean;
  /** @throws when the dependency does not answer. */
  check: () => Promise<void>;
}

/** Why a dependency counts as down: no answer in time, no connection, or an answer that is an error. */
type DownReason = 'timeout' | 'unreachable' | 'failed';

interface Finding {
  status: 'ok' | 'down';
  latencyMs: number;
  reason?: DownReason;
}

interface Report<F extends Finding> {
  status: 'ok' | 'degraded' | 'down';
  checks: Record<string, F>;
}

/** For operators: `error` is a driver's message, which may contain host names and versions. */
export type HealthReport = Report<Finding & { error?: string }>;
/** For the public port. */
export type PublicHealthReport = Report<Finding>;

/** A report without the drivers' messages. */
export function publicReport({ status, checks }: HealthReport): PublicHealthReport {
  const publicChecks = Object.entries(checks).map(([name, { status, latencyMs, reason }]) => {
    return [name, { status, latencyMs, ...(reason && { reason }) }] as const;
  });
  return { status, checks: Object.fromEntries(publicChecks) };
}

/** A frozen server must not freeze the probe. */
const CHECK_TIMEOUT_MS = 2_000;

@Injectable()
export class HealthRegistry {
  private readonly checks = new Map<string, HealthCheck>();
  private readonly running = new Map<string, Promise<void>>();
  private readonly down = new Set<string>();
  private draining = false;

  register(check: HealthCheck): void {
    this.checks.set(check.name, check);
  }

  /** From now on the process is not ready, so that a load balancer opens no new connections while it drains. */
  drain(): void {
    this.draining = true;
  }

  async report(): Promise<HealthReport> {
    const results = await Promise.all([...this.checks.values()].map((check) => this.measure(check)));
    for (const { name, result } of results) this.noteChange(name, result);
    const down = results.filter(({ result }) => result.status === 'down');
    const dead = this.draining || down.some(({ critical }) => critical);
    return {
      status: dead ? 'down' : down.length > 0 ? 'degraded' : 'ok',
      checks: Object.fromEntries(results.map(({ name, result }) => [name, result])),
    };
  }

  private async measure(check: HealthCheck) {
    const { name, critical } = check;
    const started = performance.now();
    const latencyMs = () => Math.round((performance.now() - started) * 10) / 10;
    try {
      await withDeadline(this.run(check), CHECK_TIMEOUT_MS);
      return { name, critical, result: { status: 'ok' as const, latencyMs: latencyMs() } };
    } catch (error) {
      const found = { latencyMs: latencyMs(), reason: downReason(error), error: reasonOf(error) };
      return { name, critical, result: { status: 'down' as const, ...found } };
    }
  }

  /** At most one run per check: probes arrive even if the last one is unanswered, and must not queue up. */
  private run({ name, check }: HealthCheck): Promise<void> {
    const running = this.running.get(name) ?? check().finally(() => this.running.delete(name));
    this.running.set(name, running);
    return running;
  }

  /** One log line when a dependency fails, and one when it answers again. */
  private noteChange(check: string, { status, ...found }: HealthReport['checks'][string]): void {
    if (status === 'ok') {
      if (this.down.delete(check)) logger.info({ check }, 'A dependency answers again');
    } else if (!this.down.has(check)) {
      this.down.add(check);
      logger.warn({ check, ...found }, 'A dependency does not answer');
    }
  }
}

const UNREACHABLE = /^(ECONN|EHOST|ENET|ENOTFOUND|EAI_|EPIPE)/;

function downReason(error: unknown): DownReason {
  if (error instanceof DeadlineError) return 'timeout';
  const code: unknown = (error as { code?: unknown } | undefined)?.code;
  if (code === 'ETIMEDOUT') return 'timeout';
  if (typeof code === 'string' && UNREACHABLE.test(code)) return 'unreachable';
  const cause: unknown = (error as { cause?: unknown } | undefined)?.cause;
  return cause instanceof Error ? downReason(cause) : 'failed';
}
