import type { Problem } from '@convene/contracts/errors';

/** An error response of the api-gateway. */
class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Partial<Problem>,
    call: string,
  ) {
    super(`${call} answered ${status} ${problem.code ?? ''}: ${problem.detail ?? '(no detail)'}`);
    this.name = 'ApiError';
  }
}

/** Calls the api-gateway from outside: HTTP and JSON, with a bearer token if there is one. */
export class ApiClient {
  token: string | undefined;

  constructor(readonly baseUrl: string) {}

  get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  post<T = void>(path: string, body?: object, headers?: Record<string, string>): Promise<T> {
    return this.call<T>('POST', path, body, headers);
  }

  patch<T = void>(path: string, body: object): Promise<T> {
    return this.call<T>('PATCH', path, body);
  }

  delete(path: string, body?: object): Promise<void> {
    return this.call('DELETE', path, body);
  }

  /** @throws ApiError for every status of 400 and above. */
  private async call<T>(method: string, path: string, body?: object, more?: Record<string, string>): Promise<T> {
    const response = await fetch(`${this.baseUrl}/v1/${path}`, {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...more,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json: unknown = text ? JSON.parse(text) : undefined;
    if (!response.ok) throw new ApiError(response.status, json ?? {}, `${method} /v1/${path}`);
    return json as T;
  }
}
