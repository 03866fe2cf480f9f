/** An operation did not finish in time. It may still take effect later; its result is ignored. */
export class DeadlineError extends Error {
  /** Read by `infrastructureCause`. */
  readonly transient = true;
  readonly dependency = 'deadline';

  constructor(ms: number, what = '') {
    super(`${what && `${what}: `}no answer within ${ms} ms`);
    this.name = 'DeadlineError';
  }
}

/** @throws DeadlineError when `work` takes longer; its result is then ignored. */
export async function withDeadline<T>(work: Promise<T>, ms: number, what?: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(ms, what)), ms);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
