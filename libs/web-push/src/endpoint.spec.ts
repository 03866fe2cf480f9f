import { isPushEndpoint } from './endpoint';

it.each(['https://fcm.googleapis.com/fcm/send/abc', 'https://updates.push.services.mozilla.com:443/wpush/v2/x'])(
  'the endpoint %s is accepted',
  (endpoint) => expect(isPushEndpoint(endpoint)).toBe(true),
);

it.each([
  'http://push.services.mozilla.com/x',
  'https://127.0.0.1/x',
  'https://2130706433/x',
  'https://0x7f.1/x',
  'https://[::1]/x',
  'https://[::ffff:10.0.0.1]/x',
  'https://localhost/x',
  'https://localhost./x',
  'https://foo.localhost/x',
  'https://printer.local/x',
  'https://metadata.google.internal/x',
  'https://postgres/x',
  'https://user:secret@push.services.mozilla.com/x',
  'ftp://push.services.mozilla.com/x',
  'nonsense',
])('the endpoint %s is refused', (endpoint) => expect(isPushEndpoint(endpoint)).toBe(false));
