import { declaredMetrics, labelsOf } from './declared-metrics';

const declared = declaredMetrics();

it.each([
  ['a literal', 'reaction_attempts_total', ['queue', 'reaction', 'outcome']],
  ['a constant', 'http_requests_total', ['method', 'route', 'status']],
  ['a scraped gauge', 'outbox_lag_seconds', []],
  ['the buckets of a histogram', 'http_request_duration_seconds_bucket', ['method', 'route', 'status', 'le']],
  ['the sum of a histogram', 'reaction_duration_seconds_sum', ['queue', 'reaction']],
  ['a metric of prom-client', 'nodejs_gc_duration_seconds_bucket', ['kind', 'le']],
])('the labels of a metric are read from %s', (_, series, labels) => {
  expect(labelsOf(series, declared)).toEqual(labels);
});

it.each(['nothing_declares_this', 'outbox_pending_bucket'])('%s is not declared', (series) => {
  expect(labelsOf(series, declared)).toBeUndefined();
});

it('no two metrics of the sources share a name, and each has a help text', () => {
  for (const { name, help } of declared.values()) expect([name, help.length > 10]).toEqual([name, true]);
});
