/** A stored response, sent again unchanged: thrown instead of running the handler, and sent by the problem filter. */
export class StoredAnswer extends Error {
  constructor(
    readonly status: number,
    readonly headers: Record<string, string | string[]>,
    /** JSON, or empty. */
    readonly body: string,
  ) {
    super('This request has been answered before');
    this.name = 'StoredAnswer';
  }
}
