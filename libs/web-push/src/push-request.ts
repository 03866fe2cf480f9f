import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { RequestDetails } from 'web-push';

/** Nobody reads what a push service says beside its status; so much is taken, so that the connection can be used again. */
const MAX_RESPONSE_BYTES = 16_384;

export interface RequestOptions {
  readonly signal: AbortSignal;
  /** Undefined: the system's, which finds addresses of all kinds. */
  readonly lookup: LookupFunction | undefined;
}

/** Sends it and answers its status; redirects are not followed. @throws when there is no status before the signal */
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
      // Until here it counts as a call: an answer without an end must not outlive the signal.
      response.on('error', () => undefined);
      response.on('close', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject);
    request.end(body ?? undefined);
  });
}
