/** Why a call to a foreign host has no result: it failed, or was not made because the breaker is open or too many wait. */
export type Unavailability = 'failed' | 'breaker_open' | 'busy';

/**
 * A host outside the installation is unavailable. `transient` and `dependency` mark it as an infrastructure error for the
 * consumer pipeline: the message is retried later, and no attempt is counted. Only the message of the original error is
 * kept: its code would be attributed to PostgreSQL, Redis or RabbitMQ.
 */
export class ForeignHostUnavailable extends Error {
  readonly transient = true;

  constructor(
    /** The kind of host, a label of few values. */
    readonly dependency: string,
    message: string,
    readonly reason: Unavailability = 'failed',
  ) {
    super(`${dependency}: ${message}`);
    this.name = 'ForeignHostUnavailable';
  }
}
