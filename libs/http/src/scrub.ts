const ADDRESS = /[^\s"'`<>(),;=/]+@[^\s"'`<>(),;=/]+/g;
/** JWTs and derived tokens: two dots between long base64url. */
const TOKEN = /[\w-]{20,}\.[\w-]+\.[\w-]{20,}/g;

/** Errors of drivers quote the values they choked on: addresses and tokens must not reach the log that way. */
export function scrub(text: string): string {
  return text.replace(ADDRESS, '[address]').replace(TOKEN, '[token]');
}

/** What of an unexpected error may be logged. */
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
