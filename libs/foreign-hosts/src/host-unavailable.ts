/** Why a call to a foreign host brought nothing: it was made and failed, or the breaker is open, or too many wait already. */
export type Unavailability = 'failed' | 'breaker_open' | 'busy';

/**
 * A host outside did not do its part. `transient` and `dependency` tell the consumer pipeline, which does not know this
 * class, that this is infrastructure: the message comes back later, and no attempt is counted. The error beneath is kept
 * in words only: its code would be taken for one of our own servers.
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
