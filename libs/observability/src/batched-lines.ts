import type { DestinationStream } from 'pino';

const BATCH_CHARS = 8_192;
const MAX_WAIT_MS = 250;

/**
 * Writes lines in batches: a write to stdout costs more than the rest of a line. A line waits for others for at most a
 * quarter of a second, and the last ones are written when the process exits. A killed process loses those that wait.
 */
export class BatchedLines implements DestinationStream {
  private waiting = '';
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly destination: DestinationStream) {
    process.once('exit', () => this.flush());
  }

  write(line: string): void {
    this.waiting += line;
    if (this.waiting.length >= BATCH_CHARS) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), MAX_WAIT_MS).unref();
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting === '') return;
    const batch = this.waiting;
    this.waiting = '';
    this.destination.write(batch);
  }
}
