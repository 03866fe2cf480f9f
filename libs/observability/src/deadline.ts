/** Somebody did not answer in time. What was asked may still happen: nobody waits for it any more. */
export class DeadlineError extends Error {
  /** Of the infrastructure: see `infrastructureCause`. */
  readonly transient = true;
  readonly dependency = 'deadline';

  constructor(ms: number, what = '') {
    super(`${what && `${what}: `}no answer within ${ms} ms`);
    this.name = 'DeadlineError';
  }
}

/** @throws DeadlineError when `work` takes longer; how it ends then is not looked at. */
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
