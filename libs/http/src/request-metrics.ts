import { Histogram } from 'prom-client';
import { GatheredCounter } from '@convene/observability/gathered-counter';

const labelNames = ['method', 'route', 'status'] as const;

const total = new GatheredCounter({ name: 'http_requests_total', help: 'HTTP requests answered', labelNames });

const duration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time from the first byte of a request to the last of its answer',
  labelNames,
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
});

/** @param route The pattern, never the path, because paths contain ids and tokens. */
export function countRequest(method: string, route: string, status: number, seconds: number): void {
  const labels = { method, route, status: String(status) };
  total.inc(labels);
  duration.observe(labels, seconds);
}
