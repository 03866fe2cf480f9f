type Handler = (...args: never[]) => unknown;

/** Typed events. A handler that fails is reported, and does not keep others from theirs. */
export class Emitter<Events extends Record<keyof Events, unknown[]>> {
  private readonly handlers = new Map<keyof Events, Set<Handler>>();

  constructor(private readonly failed: (error: unknown, event: keyof Events) => void) {}

  /** @returns what ends that. */
  on<Event extends keyof Events>(event: Event, handler: (...args: Events[Event]) => unknown): () => void {
    const entry: Handler = (...args) => handler(...(args as unknown as Events[Event]));
    const known = this.handlers.get(event) ?? new Set();
    this.handlers.set(event, known.add(entry));
    return () => void known.delete(entry);
  }

  has(event: keyof Events): boolean {
    return (this.handlers.get(event)?.size ?? 0) > 0;
  }

  /** @returns a promise when a handler did, which resolves when all have ended. */
  emit<Event extends keyof Events>(event: Event, ...args: Events[Event]): Promise<unknown> | undefined {
    const pending: Promise<unknown>[] = [];
    for (const handler of [...(this.handlers.get(event) ?? [])]) {
      try {
        const result = handler(...(args as unknown[] as never[]));
        if (isPromise(result)) pending.push(Promise.resolve(result).catch((error) => this.failed(error, event)));
      } catch (error) {
        this.failed(error, event);
      }
    }
    return pending.length > 0 ? Promise.all(pending) : undefined;
  }
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
