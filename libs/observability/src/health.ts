import { Injectable } from '@nestjs/common';
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
  private draining = false;

  register(check: HealthCheck): void {
    this.checks.set(check.name, check);
  }

  /** From now on the process is not ready: a load balancer sends nobody new while it drains. */
  drain(): void {
    this.draining = true;
  }

  async report(): Promise<HealthReport> {
    const results = await Promise.all([...this.checks.values()].map(measure));
    const down = results.filter(({ result }) => result.status === 'down');
    const dead = this.draining || down.some(({ critical }) => critical);
    return {
      status: dead ? 'down' : down.length > 0 ? 'degraded' : 'ok',
      checks: Object.fromEntries(results.map(({ name, result }) => [name, result])),
    };
  }
}

async function measure({ name, critical, check }: HealthCheck) {
  const started = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
  });
  const latencyMs = () => Math.round((performance.now() - started) * 10) / 10;
  try {
    await Promise.race([check(), timeout]);
    return { name, critical, result: { status: 'ok' as const, latencyMs: latencyMs() } };
  } catch (error) {
    return { name, critical, result: { status: 'down' as const, latencyMs: latencyMs(), error: reasonOf(error) } };
  } finally {
    clearTimeout(timer);
  }
}
