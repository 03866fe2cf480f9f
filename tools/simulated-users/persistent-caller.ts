import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Problem } from '@convene/contracts/errors';

const ATTEMPT_TIMEOUT_MS = 10_000;
const PAUSE_MS = 250;
const MAX_PAUSE_MS = 2_000;

/** What callers observed of the api-gateway while they repeated their calls. */
export interface CallCounts {
  /** Changes that were answered with a status of 2xx. */
  accepted: number;
  /** Answers that asked to try again later: 503, 429, a key in progress. */
  refused: number;
  /** Connections that broke, or gave no answer in time. */
  broken: number;
}

/**
 * Repeats each call with the same Idempotency-Key until it is answered, as a careful client does: afterwards it is known
 * that the operation is committed, and that it is committed once.
 */
export class PersistentCaller {
  constructor(
    private readonly baseUrl: string,
    private readonly token: string,
    private readonly counts: CallCounts,
  ) {}

  post<T = void>(path: string, body?: object): Promise<T> {
    return this.call<T>('POST', path, body);
  }

  /** Of a change that may be made twice. */
  async patch(path: string, body: object): Promise<void> {
    await this.call('PATCH', path, body);
  }

  /** Resolves also when the resource is gone: an earlier attempt deleted it, and its answer was lost. */
  async delete(path: string): Promise<void> {
    await this.call('DELETE', path);
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  private async call<T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<T> {
    const request: RequestInit = {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    };
    for (let attempt = 1; ; attempt++) {
      const answer = await this.attempt(path, request);
      if (answer?.ok || (method === 'DELETE' && answer?.status === 404 && attempt > 1)) {
        if (method !== 'GET') this.counts.accepted += 1;
        return answer.json as T;
      }
      const problem = answer?.json as Partial<Problem> | undefined;
      if (answer && !problem?.retryable) {
        throw new Error(`${method} ${path} answered ${answer.status} ${problem?.code ?? ''}: ${problem?.detail ?? ''}`);
      }
      if (answer) this.counts.refused += 1;
      else this.counts.broken += 1;
      await wait(Math.min(problem?.retryAfterMs ?? PAUSE_MS * attempt, MAX_PAUSE_MS) * (0.5 + Math.random()));
    }
  }

  /** @returns undefined when no answer came. */
  private async attempt(path: string, request: RequestInit) {
    try {
      const response = await fetch(`${this.baseUrl}/v1/${path}`, {
        ...request,
        signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS),
      });
      const text = await response.text();
      return { ok: response.ok, status: response.status, json: (text ? JSON.parse(text) : undefined) as unknown };
    } catch {
      return undefined;
    }
  }
}
