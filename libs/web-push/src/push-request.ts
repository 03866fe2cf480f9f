import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { RequestDetails } from 'web-push';

/** Only the status is used. This much of a body is read, so that the connection can be reused. */
const MAX_RESPONSE_BYTES = 16_384;

export interface RequestOptions {
  readonly signal: AbortSignal;
  /** Undefined: the system's, which also returns private addresses. */
  readonly lookup: LookupFunction | undefined;
}

/** Sends the request. Redirects are not followed. @returns the status. @throws when there is none before the signal */
export function sendRequest(
  { endpoint, method, headers, body }: RequestDetails,
  { signal, lookup }: RequestOptions,
): Promise<number> {
  const send = endpoint.startsWith('http:') ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const request = send(endpoint, { method, headers, signal, ...(lookup && { lookup }) }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_RESPONSE_BYTES) response.destroy();
      });
      // The call ends here, so that a response without an end does not outlive the signal.
      response.on('error', () => undefined);
      response.on('close', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject);
    request.end(body ?? undefined);
  });
}
