/** Why a call to a foreign host did not happen: it was made and failed, or the breaker is open, or the host's slots are taken. */
export type Unavailability = 'failed' | 'breaker_open' | 'busy';

/**
 * A host outside did not do its part. `transient` tells the consumer pipeline, which does not know this class, that this
 * is infrastructure: the message comes back later, and no attempt is counted.
 */
export class ForeignHostUnavailable extends Error {
  readonly transient = true;

  constructor(
    message: string,
    readonly reason: Unavailability = 'failed',
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ForeignHostUnavailable';
  }
}
