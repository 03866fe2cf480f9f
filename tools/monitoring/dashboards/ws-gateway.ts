import { type Dashboard, graph } from './grafana';
import { quantile, rateOf } from './queries';

export const wsGateway: Dashboard = {
  uid: 'convene-ws-gateway',
  title: 'Convene: ws-gateway',
  rows: [
    {
      title: 'Connections',
      panels: [
        graph(
          'Sockets',
          'short',
          'By gateway, with its limit',
          { expr: 'ws_connections_active', legend: '{{instance}}' },
          { expr: 'max(ws_connections_limit)', legend: 'limit' },
        ),
        graph('Refused', 'ops', 'Handshakes, by code', {
          expr: rateOf('ws_connections_refused_total', 'code'),
          legend: '{{code}}',
        }),
        graph('Closed', 'ops', 'By the code of session.closing', {
          expr: rateOf('ws_sessions_closed_total', 'code'),
          legend: '{{code}}',
        }),
      ],
    },
    {
      title: 'Delivery',
      panels: [
        graph('Resumes', 'ops', 'By whether everything missed could follow', {
          expr: rateOf('ws_inbox_resumes_total', 'recovered'),
          legend: 'recovered: {{recovered}}',
        }),
        graph('Held back by limits', 'ops', 'By direction', {
          expr: rateOf('ws_events_rate_limited_total', 'direction'),
          legend: '{{direction}}',
        }),
        graph('Comparison with PostgreSQL', 's', 'Duration, 99th percentile', {
          expr: quantile(0.99, 'ws_comparison_duration_seconds'),
          legend: '99 %',
        }),
      ],
    },
    {
      title: 'Process',
      panels: [
        graph('Memory', 'bytes', 'Resident', {
          expr: 'process_resident_memory_bytes{service="ws-gateway"}',
          legend: '{{instance}}',
        }),
        graph('File descriptors', 'percentunit', 'Of the limit', {
          expr: 'process_open_fds{service="ws-gateway"} / process_max_fds{service="ws-gateway"}',
          legend: '{{instance}}',
        }),
        graph('Watched companies', 'short', 'Presence, counted per socket', {
          expr: 'sum(ws_presence_watchers)',
          legend: 'watchers',
        }),
      ],
    },
  ],
};
