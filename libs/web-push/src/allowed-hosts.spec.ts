import { isAllowedHost, isHostPattern } from './allowed-hosts';

const patterns = ['updates.push.services.mozilla.com', '*.googleapis.com'];

it.each([
  ['https://updates.push.services.mozilla.com/wpush/v2/x', true],
  ['https://updates.push.services.mozilla.com.:443/wpush/v2/x', true],
  ['https://fcm.googleapis.com/fcm/send/x', true],
  ['https://FCM.GoogleAPIs.com/fcm/send/x', true],
  ['https://googleapis.com/x', false],
  ['https://evilgoogleapis.com/x', false],
  ['https://fcm.googleapis.com.evil.dev/x', false],
  ['https://push.services.mozilla.com/x', false],
])('a list of allowed hosts allows %s: %s', (endpoint, allowed) =>
  expect(isAllowedHost(patterns, endpoint)).toBe(allowed),
);

it('an empty list of allowed hosts allows every host', () =>
  expect(isAllowedHost([], 'https://push.anywhere.dev/x')).toBe(true));

it.each([
  ['fcm.googleapis.com', true],
  ['*.notify.windows.com', true],
  ['*', false],
  ['*.', false],
  ['fcm.*.com', false],
  ['https://fcm.googleapis.com', false],
  ['fcm.googleapis.com:443', false],
  ['Fcm.googleapis.com', false],
])('%s is a pattern: %s', (text, isPattern) => expect(isHostPattern(text)).toBe(isPattern));
