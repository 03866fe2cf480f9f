import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { parseEnv } from '@convene/config/env';
import { clientAddress, proxyCheck } from './client-address';
import { HTTP_ENV } from './http-env';

function from(peer: string, forwarded?: string): IncomingMessage {
  const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: peer });
  const request = new IncomingMessage(socket);
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded;
  return request;
}

describe('clientAddress', () => {
  it.each([
    ['no proxy is named', [], '192.0.2.9', '198.51.100.1', '192.0.2.9'],
    ['the peer is no proxy', ['10.0.0.0/8'], '192.0.2.9', '198.51.100.1', '192.0.2.9'],
    ['the peer is a proxy', ['10.0.0.0/8'], '10.0.0.1', '2001:db8::1', '2001:db8::1'],
    ['the peer is a proxy on a dual-stack socket', ['10.0.0.0/8'], '::ffff:10.0.0.1', '2001:db8::1', '2001:db8::1'],
    ['the peer is a proxy by IPv6', ['fd00::/8'], 'fd00::5', '2001:db8::1', '2001:db8::1'],
    ['two proxies stand in a row', ['fd00::/8', '10.0.0.0/8'], 'fd00::5', '2001:db8::1, 10.1.1.1', '2001:db8::1'],
    ['the client wrote an address of its own', ['fd00::/8'], 'fd00::5', '203.0.113.1, 2001:db8::1', '2001:db8::1'],
    ['the client wrote the address of a proxy', ['fd00::/8'], 'fd00::5', 'fd00::6, 2001:db8::1', '2001:db8::1'],
    ['a proxy is named by range', ['loopback'], '::1', '2001:db8::1', '2001:db8::1'],
  ])('when %s', (_what, proxies, peer, forwarded, expected) => {
    expect(clientAddress(from(peer, forwarded), proxyCheck(proxies))).toBe(expected);
  });
});

it('a TRUST_PROXY without a valid network is an error of the environment', () => {
  expect(() => parseEnv(HTTP_ENV, { TRUST_PROXY: '10.0.0.0/8,load-balancer' })).toThrow(
    /TRUST_PROXY: expected addresses/,
  );
  expect(parseEnv(HTTP_ENV, { TRUST_PROXY: '10.0.0.0/8, fd00::/8' }).TRUST_PROXY).toEqual(['10.0.0.0/8', 'fd00::/8']);
});
