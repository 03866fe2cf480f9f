import { type InfrastructureCause, infrastructureCause } from '@convene/observability/infrastructure';
import { isOfDatabase } from '@convene/prisma/database/database-errors';
import type { Middleware } from './pipeline';
import type { Attempt } from './reaction';

/** So many failures in a row, without one success among them, say that what comes next would fail, too. */
const FAILURES_IN_A_ROW = 10;

/**
 * Watches a queue's attempts. It opens when all of them fail for reasons of infrastructure, and closes at the first
 * success: between the two it makes no sense to take messages out of the queue, but for one now and then.
 */
export class InfrastructureBreaker {
  private failures = 0;
  private openCause: InfrastructureCause | undefined;
  private listener: () => void = () => undefined;

  /** What everything fails for, while it does. */
  get cause(): InfrastructureCause | undefined {
    return this.openCause;
  }

  /** Calls it at each opening and closing. */
  onChange(listener: () => void): void {
    this.listener = listener;
  }

  readonly middleware: Middleware<Attempt> = async ({ reaction }, next) => {
    try {
      await next();
    } catch (error) {
      // A mail server or a push service that is away fails its own reactions only.
      const ours = reaction.guarantee !== 'at-least-once' || isOfDatabase(error);
      const cause = ours ? infrastructureCause(error) : undefined;
      if (cause !== undefined) this.failed(cause);
      throw error;
    }
    this.succeeded();
  };

  private failed(cause: InfrastructureCause): void {
    this.failures++;
    if (this.failures < FAILURES_IN_A_ROW) return;
    const opens = this.openCause === undefined;
    this.openCause = cause;
    if (opens) this.listener();
  }

  private succeeded(): void {
    this.failures = 0;
    const closes = this.openCause !== undefined;
    this.openCause = undefined;
    if (closes) this.listener();
  }
}
