import { type Dashboard, figure, graph } from './grafana';
import { quantile, rateOf } from './queries';

/** The golden signals: what users notice, first. */
export const overview: Dashboard = {
  uid: 'convene-overview',
  title: 'Convene: Overview',
  rows: [
    {
      title: 'Now',
      panels: [
        figure('Instances', 'short', 'Processes that answer Prometheus', {
          expr: 'sum(up{job=~".+-(gateway|worker)"})',
        }),
        figure('Failing checks', 'short', 'Health checks that fail, over all processes', {
          expr: 'sum(1 - dependency_up)',
        }),
        figure('Sockets', 'short', 'Connected devices', { expr: 'sum(ws_connections_active)' }),
        figure('Outbox lag', 's', 'Age of the oldest event that is not published', { expr: 'max(outbox_lag_seconds)' }),
        figure('Dead reactions', 'short', 'Waiting for a replay or to be discarded', { expr: 'max(dead_reactions)' }),
      ],
    },
    {
      title: 'Traffic and errors',
      panels: [
        graph('Requests', 'reqps', 'By service', {
          expr: rateOf('http_requests_total', 'service'),
          legend: '{{service}}',
        }),
        graph('Answers by status', 'reqps', '5xx is ours, 4xx the client’s', {
          expr: rateOf('http_requests_total', 'status'),
          legend: '{{status}}',
        }),
        graph('Events published', 'ops', 'By outcome; confirmed is the normal one', {
          expr: rateOf('outbox_relayed_total', 'outcome'),
          legend: '{{outcome}}',
        }),
      ],
    },
    {
      title: 'Latency',
      panels: [
        graph(
          'Requests',
          's',
          'Median and 99th percentile over all routes',
          { expr: quantile(0.5, 'http_request_duration_seconds'), legend: 'median' },
          { expr: quantile(0.99, 'http_request_duration_seconds'), legend: '99 %' },
        ),
        graph(
          'Commit to socket',
          's',
          'From the commit of an event to its inbox frame',
          { expr: quantile(0.5, 'ws_frame_latency_seconds'), legend: 'median' },
          { expr: quantile(0.99, 'ws_frame_latency_seconds'), legend: '99 %' },
        ),
      ],
    },
    {
      title: 'Saturation',
      panels: [
        graph('Processor time', 'short', 'Cores used by each process', {
          expr: 'rate(process_cpu_seconds_total[1m])',
          legend: '{{service}} {{instance}}',
        }),
        graph('Memory', 'percentunit', 'Of the limit at which a process is killed', {
          expr: 'process_resident_memory_bytes / process_memory_limit_bytes',
          legend: '{{service}} {{instance}}',
        }),
        graph('Event loop', 's', '99th percentile of the lag', {
          expr: 'nodejs_eventloop_lag_p99_seconds',
          legend: '{{service}} {{instance}}',
        }),
      ],
    },
  ],
};
