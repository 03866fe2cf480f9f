import { isTrustedSource } from './origin-check';

it.each([
  ['a page of its own host', { origin: 'https://api.example', host: 'api.example' }, true],
  ['a page of a listed Origin', { origin: 'https://app.example', host: 'api.example' }, true],
  ['no page', { host: 'api.example' }, true],
  ['a foreign page', { origin: 'https://evil.example', host: 'api.example' }, false],
  ['a foreign page that names no Origin', { host: 'api.example', 'sec-fetch-site': 'cross-site' as const }, false],
  ['a sandboxed page over HTTP/1.0, without a Host', { origin: 'null' }, false],
  ['a local file, to an empty Host', { origin: 'file://', host: '' }, false],
  ['a page of an app scheme with the same name', { origin: 'capacitor://api.example', host: 'api.example' }, false],
])('a request from %s is trusted or not', (_, headers, trusted) => {
  expect(isTrustedSource(headers, ['https://app.example'])).toBe(trusted);
});
