import { paint } from './paint';

/** Progress as lines that also read well in a log: when it began, when it was done, what it took. */
export class Steps {
  private readonly begun = Date.now();

  get elapsed(): string {
    return seconds(Date.now() - this.begun);
  }

  tell(line: string): void {
    console.log(`${paint('dim', `[${this.elapsed.padStart(7)}]`)} ${line}`);
  }

  /** Steps may overlap. What fails is named by its title, with the error as it came. */
  async run<T>(title: string, work: () => Promise<T>): Promise<T> {
    const from = Date.now();
    this.tell(`${paint('dim', '…')} ${title}`);
    try {
      const result = await work();
      this.tell(`${paint('green', '✓')} ${title} ${paint('dim', `(${seconds(Date.now() - from)})`)}`);
      return result;
    } catch (error) {
      this.tell(`${paint('red', '✗')} ${title}`);
      throw error;
    }
  }
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
