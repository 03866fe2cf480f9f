/** An answer that was given before and is given again as it was: thrown past the handler, sent by the problem filter. */
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
