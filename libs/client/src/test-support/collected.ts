import type { Client, ClientEvents } from '../types';

/** Everything a client tells of one kind, and a way to wait for more. */
export class Collected<Event extends keyof ClientEvents> {
  readonly all: ClientEvents[Event][] = [];
  private checks: (() => void)[] = [];

  constructor(client: Client, event: Event) {
    client.on(event, (...args) => {
      this.all.push(args);
      for (const check of [...this.checks]) check();
    });
  }

  until(count: number): Promise<ClientEvents[Event][]> {
    return this.first((all) => all.length >= count);
  }

  first(enough: (all: ClientEvents[Event][]) => boolean): Promise<ClientEvents[Event][]> {
    return new Promise((resolve) => {
      const check = () => {
        if (!enough(this.all)) return;
        this.checks = this.checks.filter((it) => it !== check);
        resolve(this.all);
      };
      this.checks.push(check);
      check();
    });
  }
}
