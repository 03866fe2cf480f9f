/** What says "not now" rather than "never": lost connections, exhausted pools, servers that start or stop. */
const CODES = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'],
  // Prisma: not reachable, timed out, closed, pool exhausted, transaction could not start or was cut off, deadlock.
  ...['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2034', 'P2037'],
  // PostgreSQL: too many connections, shutting down, crashed, starting, deadlock and serialisation, lock timeout.
  ...['53300', '57P01', '57P02', '57P03', '40P01', '40001', '55P03'],
]);

/** Kinds of `DriverAdapterError`, which has no code. */
const KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'TooManyConnections', 'SocketTimeout']);

/** Those of pg's pool and of ioredis carry nothing but a sentence. */
const SENTENCES =
  /timeout exceeded when trying to connect|connections stayed busy|Connection terminated|Connection is closed|Command timed out|Stream isn't writeable|max retries per request/i;

const DEEPEST = 5;

/** Whether a needed server did not answer: the request may succeed later, unchanged. */
export function isUnavailable(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > DEEPEST) return false;
  const { code, kind, originalCode, message, cause, errors } = error as Record<string, unknown>;
  const codes = [code, originalCode].filter((value) => typeof value === 'string');
  return (
    codes.some((value) => CODES.has(value) || value.startsWith('08')) ||
    (typeof kind === 'string' && KINDS.has(kind)) ||
    (typeof message === 'string' && SENTENCES.test(message)) ||
    isUnavailable(cause, depth + 1) ||
    (Array.isArray(errors) && errors.some((inner) => isUnavailable(inner, depth + 1)))
  );
}
