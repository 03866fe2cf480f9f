import { type Circumstances, type End, nextStep } from './next-step';

const first: Circumstances = { attempt: 0, stable: false, fresh: false };
const closing = (end: Partial<End>): End => ({
  code: 'GOING_AWAY',
  reason: '',
  by: 'closing',
  reconnect: true,
  ...end,
});
const refusal = (end: Partial<End>): End => ({
  code: 'UNAVAILABLE',
  reason: '',
  by: 'refusal',
  reconnect: true,
  ...end,
});
const half = () => 0.5;

it('waits for as long as the server says, else backs off', () => {
  expect(nextStep(closing({ retryAfterMs: 1_830 }), first)).toMatchObject({ ms: 1_830, told: true, refresh: false });
  expect(nextStep(closing({ retryAfterMs: 0 }), { ...first, attempt: 2 }, half)).toMatchObject({
    ms: 1_000,
    told: false,
  });
  expect(nextStep(refusal({}), { ...first, attempt: 3 }, half)).toMatchObject({ ms: 2_000, told: false });
});

it('ends where coming back cannot succeed', () => {
  expect(nextStep(closing({ code: 'SESSION_REVOKED', reconnect: false }), first)).toEqual({ kind: 'close' });
  expect(nextStep(refusal({ code: 'VALIDATION_FAILED', reconnect: false }), first)).toEqual({ kind: 'close' });
});

it('gives a refused token one chance', () => {
  const refused = refusal({ code: 'UNAUTHENTICATED', reconnect: false });
  expect(nextStep(refused, first)).toMatchObject({ kind: 'wait', ms: 0, refresh: true });
  expect(nextStep(refused, { ...first, fresh: true })).toEqual({ kind: 'close' });
});

it('replaces an expired token at once, but does not spin when the next expires as soon', () => {
  const expired = closing({ code: 'TOKEN_EXPIRED', retryAfterMs: 0 });
  expect(nextStep(expired, { ...first, stable: true })).toMatchObject({ ms: 0, refresh: true });
  expect(nextStep(expired, { ...first, attempt: 4 }, half)).toMatchObject({ ms: 4_000, refresh: true });
});
