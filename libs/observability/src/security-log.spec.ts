import { register } from 'prom-client';
import { SecurityLog, type SecurityRecord } from './security-log';
import { runInTrace, startTrace } from './trace';

const level = process.env.LOG_LEVEL;
beforeAll(() => {
  process.env.LOG_LEVEL = 'error';
});
afterAll(() => {
  if (level === undefined) delete process.env.LOG_LEVEL;
  else process.env.LOG_LEVEL = level;
});

function written(record: SecurityRecord, key = 'k'): Record<string, unknown> {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  new SecurityLog({ service: 'api-gateway', key: Buffer.from(key), destination }).write(record);
  expect(lines).toHaveLength(1);
  expect(lines.join()).not.toContain('ana@example.com');
  return JSON.parse(lines.join()) as Record<string, unknown>;
}

it('a security log entry is one line of a stable shape at any LOG_LEVEL, with its client and trace', () => {
  const trace = startTrace();
  const record = { event: 'login', outcome: 'refused', address: 'ana@example.com' } as const;
  const line = runInTrace(trace, () => written(record), '192.0.2.1');
  expect(line).toEqual({
    level: 'info',
    time: expect.any(String),
    log: 'security',
    service: 'api-gateway',
    event: 'login',
    outcome: 'refused',
    account: expect.stringMatching(/^[\w-]{22}$/),
    network: '192.0.2.1',
    traceId: trace.traceId,
  });
});

it('a security log entry identifies an address by an HMAC that requires the key', () => {
  const account = (address: string, key?: string) =>
    written({ event: 'login', outcome: 'ok', address }, key)['account'];
  expect(account(' Ana@Example.com')).toBe(account('ana@example.com'));
  expect(account('bo@example.com')).not.toBe(account('ana@example.com'));
  expect(account('ana@example.com', 'other')).not.toBe(account('ana@example.com'));
});

it('every event is counted from 0: one that is born with its first event shows no increase', async () => {
  const series = await register.getSingleMetricAsString('security_events_total');
  expect(series).toContain('security_events_total{event="operator_refused",outcome="refused"} 0');
  expect(series).toContain('security_events_total{event="signup",outcome="ok"} 0');
});

it('a security log entry is counted by event and outcome alone', async () => {
  written({ event: 'refresh', outcome: 'refused', userId: 'u', reason: 'reused' });
  written({ event: 'refresh', outcome: 'refused', userId: 'v', reason: 'reused' });
  expect(await register.getSingleMetricAsString('security_events_total')).toContain(
    'security_events_total{event="refresh",outcome="refused"} 2',
  );
});
