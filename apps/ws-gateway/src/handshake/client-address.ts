import proxyAddr from '@fastify/proxy-addr';
import { Inject, Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { GATEWAY_ENV, type GatewayEnv } from '../env';

/** Where a connection comes from: the proxies that the operator names are believed about it, nobody else is. */
@Injectable()
export class ClientAddress {
  private readonly trusted: (address: string, hop: number) => boolean;

  constructor(@Inject(GATEWAY_ENV) { TRUST_PROXY }: GatewayEnv) {
    this.trusted = TRUST_PROXY.length > 0 ? proxyAddr.compile(TRUST_PROXY) : () => false;
  }

  of(request: IncomingMessage): string {
    return proxyAddr(request, this.trusted);
  }

  isProxy(address: string | undefined): boolean {
    return address !== undefined && this.trusted(address, 0);
  }
}
