import { renewInMs } from './token-life';

const NOW = 1_700_000_000_000;
const jwt = (claims: object) => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
const at = (seconds: number) => NOW / 1_000 + seconds;

it.each([
  ['a new token, at four fifths of its life', { iat: at(0), exp: at(600) }, 480_000],
  ['an older one, at four fifths of what is left', { iat: at(-500), exp: at(100) }, 80_000],
  ['a clock that is hours ahead of the server', { iat: at(-7_600), exp: at(-7_000) }, 480_000],
  ['a clock that is hours behind it', { iat: at(7_000), exp: at(7_600) }, 480_000],
  ['a token that lives for ever, by what timers can count', { iat: at(0), exp: at(1e10) }, 2 ** 31 - 1],
  ['a token that is about to end, not at once', { iat: at(-600), exp: at(0.1) }, 1_000],
  ['a token without an end', { iat: at(0) }, undefined],
  ['claims beyond ASCII', { exp: at(100), name: 'Žofie ÿÿ>>??' }, 80_000],
])('%s', (_, claims, expected) => {
  const ms = renewInMs(jwt(claims), NOW);
  if (expected === undefined) expect(ms).toBeUndefined();
  else expect(ms).toBeCloseTo(expected, -2);
});

it.each(['', 'opaque', 'a.b.c', 'a.e30.c'])('the lifetime of the token %p is unknown', (token) => {
  expect(renewInMs(token, NOW)).toBeUndefined();
});
