import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { clientAddress, type IsProxy, proxyCheck } from '@convene/http/client-address';
import { networkOf } from '@convene/http/network-of';
import { ENV, type Env } from '../env';

/** The address of a client. `X-Forwarded-For` counts only from proxies that the operator names. */
@Injectable()
export class ClientAddress {
  readonly isProxy: IsProxy;

  constructor(@Inject(ENV) { TRUST_PROXY }: Env) {
    this.isProxy = proxyCheck(TRUST_PROXY);
  }

  /** What connections are counted under. */
  networkOf(request: IncomingMessage): string {
    return networkOf(clientAddress(request, this.isProxy));
  }
}
