import { declaredMetrics } from './declared-metrics';
import { metricsIn, undeclaredIn } from './expression';

it('the metrics of an expression come with the labels that select and group them', () => {
  const expression =
    'histogram_quantile(0.9, sum by (route, le) (rate(a_bucket{status=~"5..", x!="y"}[5m]))) > 1 and max(b) by (z) > 0';
  expect(metricsIn(expression)).toEqual([
    { metric: 'a_bucket', labels: ['status', 'x', 'route', 'le'] },
    { metric: 'b', labels: ['z'] },
  ]);
});

it('an aggregation groups what is inside it alone', () => {
  expect(metricsIn('a / on (y) sum by (x) (b)')).toEqual([
    { metric: 'a', labels: [] },
    { metric: 'b', labels: ['x'] },
  ]);
});

it.each(['sum(', 'rate(a[5m]) >', '{job="x"}'])('the expression %s is refused', (expression) => {
  expect(() => metricsIn(expression)).toThrow(expression);
});

it('metrics and labels that nothing declares are named', () => {
  const expression = 'sum by (tenant, job) (rate(http_requests_total{status="500"}[5m])) / ghosts_total';
  expect(undeclaredIn(expression, declaredMetrics())).toEqual(['http_requests_total{tenant}', 'ghosts_total']);
});
