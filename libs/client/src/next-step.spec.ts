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

it('the next step waits for the time that the server states, or backs off', () => {
  expect(nextStep(closing({ retryAfterMs: 1_830 }), first)).toMatchObject({ ms: 1_830, fixed: true, refresh: false });
  expect(nextStep(closing({ retryAfterMs: 0 }), { ...first, attempt: 2 }, half)).toMatchObject({
    ms: 1_000,
    fixed: false,
  });
  expect(nextStep(refusal({}), { ...first, attempt: 3 }, half)).toMatchObject({ ms: 2_000, fixed: false });
});

it('the next step ends where a reconnect cannot succeed', () => {
  expect(nextStep(closing({ code: 'SESSION_REVOKED', reconnect: false }), first)).toEqual({ kind: 'close' });
  expect(nextStep(refusal({ code: 'VALIDATION_FAILED', reconnect: false }), first)).toEqual({ kind: 'close' });
});

it('the next step refreshes a refused token once', () => {
  const refused = refusal({ code: 'UNAUTHENTICATED', reconnect: false });
  expect(nextStep(refused, first)).toMatchObject({ kind: 'wait', ms: 0, refresh: true });
  expect(nextStep(refused, { ...first, fresh: true })).toEqual({ kind: 'close' });
});

it('the next step replaces an expired token at once, and backs off when the next one expires as soon', () => {
  const expired = closing({ code: 'TOKEN_EXPIRED', retryAfterMs: 0 });
  expect(nextStep(expired, { ...first, stable: true })).toMatchObject({ ms: 0, refresh: true });
  expect(nextStep(expired, { ...first, attempt: 4 }, half)).toMatchObject({ ms: 4_000, refresh: true });
});
