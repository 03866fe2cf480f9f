import { type Dashboard, graph } from './grafana';
import { rateOf } from './queries';

const eventsOf = (family: string) => rateOf(`messages_published_total{routing_key=~"${family}[.].+"}`, 'routing_key');

/** What tenants do, by kind of event. No metric has a label per company: there may be millions. */
export const tenants: Dashboard = {
  uid: 'convene-tenants',
  title: 'Convene: Tenants',
  rows: [
    {
      title: 'Companies and people',
      panels: [
        graph('Companies', 'ops', 'Created, updated, deleted, join requests', {
          expr: eventsOf('companies'),
          legend: '{{routing_key}}',
        }),
        graph('Memberships', 'ops', 'Joined, left, removed, roles', {
          expr: eventsOf('memberships'),
          legend: '{{routing_key}}',
        }),
        graph('Invitations', 'ops', 'Created and answered', { expr: eventsOf('invites'), legend: '{{routing_key}}' }),
      ],
    },
    {
      title: 'Notifications',
      panels: [
        graph('Messages', 'ops', 'Sent and replied', { expr: eventsOf('notifications'), legend: '{{routing_key}}' }),
        graph('Friendships', 'ops', 'Requested and answered', {
          expr: eventsOf('friendships'),
          legend: '{{routing_key}}',
        }),
        graph('Audience chunks', 'ops', 'Parts of large audiences', {
          expr: eventsOf('audience_chunks'),
          legend: '{{routing_key}}',
        }),
      ],
    },
    {
      title: 'Accounts',
      panels: [
        graph('Security log', 'ops', 'By event and outcome', {
          expr: rateOf('security_events_total', 'event', 'outcome'),
          legend: '{{event}} {{outcome}}',
        }),
        graph('Sessions ended', 'ops', 'By reason', {
          expr: rateOf('sessions_ended_total', 'reason'),
          legend: '{{reason}}',
        }),
        graph('Refused by budgets', 'ops', 'HTTP requests, by budget', {
          expr: rateOf('http_rate_limited_total', 'budget'),
          legend: '{{budget}}',
        }),
      ],
    },
  ],
};
