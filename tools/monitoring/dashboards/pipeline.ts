import { type Dashboard, graph } from './grafana';
import { quantile, rateOf } from './queries';

/** The way of an event, hop by hop, from the left to the right. */
export const pipeline: Dashboard = {
  uid: 'convene-pipeline',
  title: 'Convene: Pipeline',
  rows: [
    {
      title: 'Outbox and broker',
      panels: [
        graph('Outbox', 'short', 'Committed events that are not published', {
          expr: 'max(outbox_pending)',
          legend: 'pending',
        }),
        graph('Messages', 'ops', 'By type', {
          expr: rateOf('messages_published_total', 'routing_key'),
          legend: '{{routing_key}}',
        }),
        graph('Confirms', 's', 'From the publish to the confirm', {
          expr: quantile(0.99, 'message_confirm_duration_seconds', 'service'),
          legend: '{{service}} 99 %',
        }),
      ],
    },
    {
      title: 'Reactions',
      panels: [
        graph('Attempts', 'ops', 'By outcome', {
          expr: rateOf('reaction_attempts_total', 'outcome'),
          legend: '{{outcome}}',
        }),
        graph('Duration', 's', '99th percentile, by queue', {
          expr: quantile(0.99, 'reaction_duration_seconds', 'queue'),
          legend: '{{queue}}',
        }),
        graph('Messages waiting', 'short', 'By queue', { expr: 'max by (queue) (queue_depth)', legend: '{{queue}}' }),
      ],
    },
    {
      title: 'Sockets',
      panels: [
        graph('Frames', 'ops', 'By event', { expr: rateOf('ws_events_emitted_total', 'event'), legend: '{{event}}' }),
        graph('Frames from PostgreSQL', 'ops', 'Inbox frames that no live frame brought', {
          expr: rateOf('ws_inbox_gap_frames_total'),
          legend: 'frames',
        }),
        graph(
          'Commit to socket',
          's',
          'The whole way',
          { expr: quantile(0.5, 'ws_frame_latency_seconds'), legend: 'median' },
          { expr: quantile(0.99, 'ws_frame_latency_seconds'), legend: '99 %' },
        ),
      ],
    },
  ],
};
