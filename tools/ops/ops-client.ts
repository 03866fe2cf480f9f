import type { z } from 'zod';
import { Problem } from '@convene/contracts/errors';
import type { ResponseOf, RouteContract } from '@convene/contracts/http/route';
import type { Connection } from './connection';
import { EXIT, type ExitCode, OpsError } from './exit-codes';

/** A slow statement ends earlier, and says so. */
const TIMEOUT_MS = 30_000;

const EXIT_BY_STATUS: Readonly<Record<number, ExitCode>> = {
  400: EXIT.usage,
  401: EXIT.refused,
  403: EXIT.refused,
  404: EXIT.notFound,
  409: EXIT.usage,
  422: EXIT.usage,
  503: EXIT.unavailable,
};

interface Input<R extends RouteContract> {
  readonly params?: z.input<R['params']>;
  readonly query?: z.input<R['query']>;
  readonly body?: z.input<R['body']>;
}

/** The operator API, route by route, as its contracts declare it. */
export class OpsClient {
  constructor(private readonly connection: Connection) {}

  /** @throws OpsError whose exit code tells what kind of refusal or failure it was. */
  async call<R extends RouteContract>(route: R, { params, query, body }: Input<R> = {}): Promise<ResponseOf<R>> {
    const { url, token } = this.connection;
    const target = new URL(filled(route.path, params ?? {}), url);
    for (const [name, value] of Object.entries<string | number | boolean | undefined>(query ?? {})) {
      if (value !== undefined) target.searchParams.set(name, String(value));
    }
    const answer = await this.fetch(target, {
      method: route.method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const content: unknown = await answer.json().catch(() => undefined);
    if (!answer.ok) throw refusal(answer.status, content);
    return content as ResponseOf<R>;
  }

  private async fetch(target: URL, request: RequestInit): Promise<Response> {
    try {
      return await fetch(target, request);
    } catch (error) {
      const cause = (error as Error).cause;
      const why =
        cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : String(error);
      throw new OpsError(
        `The operator API at ${target.origin} does not answer (${why}); is OPS_URL right?`,
        EXIT.unavailable,
      );
    }
  }
}

/** A path whose parameters, which are text, have their values. */
function filled(path: string, params: object): string {
  const values = params as Readonly<Record<string, string>>;
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}

function refusal(status: number, content: unknown): OpsError {
  const exitCode = EXIT_BY_STATUS[status] ?? EXIT.failed;
  const problem = Problem.safeParse(content);
  if (!problem.success) return new OpsError(`The answer was ${status}, and no problem document`, exitCode);
  const { code, detail, traceId } = problem.data;
  return new OpsError(`${code}: ${detail} (trace ${traceId})`, exitCode);
}
