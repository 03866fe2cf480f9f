import { Injectable } from '@nestjs/common';

/**
 * Reads of the truth happen one after the other, so that what one says is never older than what the one before it said,
 * and may simply be applied in the order of arrival.
 */
@Injectable()
export class SerialReads {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(read: () => Promise<T>): Promise<T> {
    const result = this.last.then(read, read);
    this.last = result.catch(() => undefined);
    return result;
  }
}
