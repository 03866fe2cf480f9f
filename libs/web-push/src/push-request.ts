import { lookup as dnsLookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { RequestDetails } from 'web-push';
import { isPublicAddress } from './endpoint';

const PATIENCE_MS = 10_000;

/** Sends it and answers its status; redirects are not followed. @throws when there is no answer in time. */
export function sendRequest({ endpoint, method, headers, body }: RequestDetails, anyAddress: boolean): Promise<number> {
  const send = endpoint.startsWith('http:') ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const request = send(
      endpoint,
      { method, headers, signal: AbortSignal.timeout(PATIENCE_MS), ...(!anyAddress && { lookup: publicLookup }) },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    request.on('error', reject);
    request.end(body ?? undefined);
  });
}

/** What a name resolves to is looked at here, where it is connected to: a name can change what it means any time. */
const publicLookup: LookupFunction = (hostname, options, done) => {
  dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, '', 0);
    const allowed = addresses.filter(({ address }) => isPublicAddress(address));
    const [first] = allowed;
    if (!first) return done(new Error('The push endpoint is at no public address'), '', 0);
    if (options.all) return done(null, allowed);
    done(null, first.address, first.family);
  });
};
