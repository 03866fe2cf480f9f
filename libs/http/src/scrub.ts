const ADDRESS = /[^\s"'`<>(),;=/]+@[^\s"'`<>(),;=/]+/g;
/** JWTs and derived tokens: three parts separated by dots, two of them long base64url. */
const TOKEN = /[\w-]{20,}\.[\w-]+\.[\w-]{20,}/g;

/** Errors of drivers quote the values that they refuse; addresses and tokens among them must not reach the log. */
export function scrub(text: string): string {
  return text.replace(ADDRESS, '[address]').replace(TOKEN, '[token]');
}

/** The parts of an unexpected error that may be logged. */
export function loggable(thrown: unknown): object {
  if (!(thrown instanceof Error)) return { type: typeof thrown };
  const { name, message, stack, cause } = thrown;
  const code = (thrown as { code?: unknown }).code;
  return {
    type: name,
    ...(typeof code === 'string' && { code }),
    message: scrub(message),
    ...(stack && { stack: scrub(stack) }),
    ...(cause instanceof Error && { cause: { type: cause.name, message: scrub(cause.message) } }),
  };
}
