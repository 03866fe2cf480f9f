/** What has to be undone, latest first. */
export class Undo {
  private readonly steps: (() => unknown)[] = [];
  private running?: Promise<void>;

  push(step: () => unknown): void {
    this.steps.push(step);
  }

  get begun(): boolean {
    return this.running !== undefined;
  }

  /** Does all of it even if a part fails, once, however often it is called. */
  run(): Promise<void> {
    this.running ??= (async () => {
      for (const step of this.steps.reverse()) {
        try {
          await step();
        } catch (error) {
          console.error(error);
        }
      }
    })();
    return this.running;
  }
}
