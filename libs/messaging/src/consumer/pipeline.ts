type Next = () => Promise<void>;
export type Middleware<Context> = (context: Context, next: Next) => Promise<void>;

/** Runs a list of middlewares, each around all that follow it. */
export function compose<Context>(middlewares: readonly Middleware<Context>[]): (context: Context) => Promise<void> {
  const run = (context: Context, index: number): Promise<void> => {
    const middleware = middlewares[index];
    return middleware ? middleware(context, () => run(context, index + 1)) : Promise.resolve();
  };
  return (context) => run(context, 0);
}
