import type { SessionClosingFrame } from '@convene/contracts/frames';
import type { SocketError } from '@convene/contracts/sockets/protocol';
import { ClientError } from './client-error';
import type { End } from './next-step';

/** What socket.io-client passes to `connect_error`. */
export interface ConnectError extends Error {
  /** Of a refusal by the gateway. */
  readonly data?: SocketError;
  /** The request of Engine.IO's polling transport. */
  readonly context?: { readonly responseText?: string };
}

/** Refusals before Socket.IO begins bear their code as Engine.IO's message; some cannot be cured by trying again. */
const HOPELESS = new Set(['ORIGIN_NOT_ALLOWED', 'FORBIDDEN']);

function engineCode({ context }: ConnectError): string | undefined {
  try {
    const { message } = JSON.parse(context?.responseText ?? '{}') as { message?: unknown };
    return typeof message === 'string' && /^[A-Z_]+$/.test(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

export function refused(error: ConnectError): End {
  if (error.data?.code) {
    const { code, detail, retryable, retryAfterMs } = error.data;
    return { code, reason: detail, by: 'refusal', reconnect: retryable, retryAfterMs };
  }
  const code = engineCode(error);
  if (code) return { code, reason: code, by: 'refusal', reconnect: !HOPELESS.has(code) };
  return { code: 'UNREACHABLE', reason: error.message, by: 'loss', reconnect: true };
}

export function closing({ code, reason, reconnect, retryAfterMs }: SessionClosingFrame): End {
  return { code, reason, by: 'closing', reconnect, retryAfterMs };
}

export function lost(reason: string): End {
  return { code: 'DISCONNECTED', reason, by: 'loss', reconnect: true };
}

/** `token` failed: permanently if its error says so, as for an invalid refresh token. */
export function withoutToken(error: unknown): End {
  const reason = error instanceof Error ? error.message : String(error);
  if (!(error instanceof ClientError)) return { code: 'TOKEN_UNAVAILABLE', reason, by: 'loss', reconnect: true };
  const { code, retryable: reconnect, retryAfterMs } = error;
  return { code, reason, by: 'loss', reconnect, retryAfterMs };
}
