import { Injectable } from '@nestjs/common';
import { withDeadline } from './deadline';
import { reasonOf } from './logger';

export interface HealthCheck {
  readonly name: string;
  /** A process whose critical dependency is gone is not ready; without another it serves on, degraded. */
  readonly critical: boolean;
  /** @throws when the dependency does not answer. */
  check: () => Promise<void>;
}

export interface HealthReport {
  status: 'ok' | 'degraded' | 'down';
  checks: Record<string, { status: 'ok' | 'down'; latencyMs: number; error?: string }>;
}

/** Longest a check may take: a frozen server must not freeze the probe. */
const CHECK_TIMEOUT_MS = 2_000;

@Injectable()
export class HealthRegistry {
  private readonly checks = new Map<string, HealthCheck>();
  private readonly running = new Map<string, Promise<void>>();
  private draining = false;

  register(check: HealthCheck): void {
    this.checks.set(check.name, check);
  }

  /** From now on the process is not ready: a load balancer sends nobody new while it drains. */
  drain(): void {
    this.draining = true;
  }

  async report(): Promise<HealthReport> {
    const results = await Promise.all([...this.checks.values()].map((check) => this.measure(check)));
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
      return { name, critical, result: { status: 'down' as const, latencyMs: latencyMs(), error: reasonOf(error) } };
    }
  }

  /** One at a time of each: probes come whether the last one was answered or not, and must not queue up. */
  private run({ name, check }: HealthCheck): Promise<void> {
    const running = this.running.get(name) ?? check().finally(() => this.running.delete(name));
    this.running.set(name, running);
    return running;
  }
}
