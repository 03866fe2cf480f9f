import { type Dashboard, graph } from './grafana';
import { quantile, rateOf } from './queries';

export const workers: Dashboard = {
  uid: 'convene-workers',
  title: 'Convene: Workers and queues',
  rows: [
    {
      title: 'Queues',
      panels: [
        graph('Messages waiting', 'short', 'By queue', { expr: 'max by (queue) (queue_depth)', legend: '{{queue}}' }),
        graph('Consumers', 'short', 'As the broker counts them', {
          expr: 'max by (queue) (queue_consumers)',
          legend: '{{queue}}',
        }),
        graph('Dead letters', 'short', 'By queue', { expr: 'max by (queue) (dead_letter_depth)', legend: '{{queue}}' }),
      ],
    },
    {
      title: 'Reactions',
      panels: [
        graph('Attempts', 'ops', 'By reaction', {
          expr: rateOf('reaction_attempts_total', 'reaction'),
          legend: '{{reaction}}',
        }),
        graph(
          'Retries and waits',
          'ops',
          'A wait counts no attempt',
          { expr: rateOf('reaction_retries_total', 'reaction'), legend: '{{reaction}}' },
          { expr: rateOf('reactions_waiting_for_infrastructure_total', 'cause'), legend: 'waits: {{cause}}' },
        ),
        graph('Duration', 's', '99th percentile, by reaction', {
          expr: quantile(0.99, 'reaction_duration_seconds', 'reaction'),
          legend: '{{reaction}}',
        }),
      ],
    },
    {
      title: 'Jobs and foreign hosts',
      panels: [
        graph('Since the last success', 's', 'By job', {
          expr: 'time() - max by (job_name) (job_last_success_timestamp_seconds)',
          legend: '{{job_name}}',
        }),
        graph('Swept events', 'ops', 'Put back because their reaction was missing', {
          expr: rateOf('swept_events_total', 'queue'),
          legend: '{{queue}}',
        }),
        graph('Calls to foreign hosts', 'ops', 'By kind and outcome', {
          expr: rateOf('foreign_host_calls_total', 'kind', 'outcome'),
          legend: '{{kind}} {{outcome}}',
        }),
      ],
    },
  ],
};
