import { type Dashboard, graph } from './grafana';
import { rateOf } from './queries';

export const database: Dashboard = {
  uid: 'convene-database',
  title: 'Convene: Database',
  rows: [
    {
      title: 'Connections',
      panels: [
        graph('In use', 'short', 'Connections of the pools', {
          expr: 'sum by (service) (db_pool_connections{state="used"})',
          legend: '{{service}}',
        }),
        graph('Idle', 'short', 'Connections of the pools', {
          expr: 'sum by (service) (db_pool_connections{state="idle"})',
          legend: '{{service}}',
        }),
        graph('Waiting', 'short', 'Callers that wait for a connection', {
          expr: 'sum by (service) (db_pool_connections{state="waiting"})',
          legend: '{{service}}',
        }),
      ],
    },
    {
      title: 'Work',
      panels: [
        graph('Transactions run again', 'ops', 'After a deadlock or a serialization failure', {
          expr: rateOf('db_transaction_retries_total', 'service'),
          legend: '{{service}}',
        }),
        graph('Reads that tolerate lag', 'ops', 'By the database that answered', {
          expr: rateOf('db_lag_tolerant_reads_total', 'database'),
          legend: '{{database}}',
        }),
        graph('Replica', 's', 'At most so old is what it shows', {
          expr: 'max(db_replica_staleness_seconds)',
          legend: 'staleness',
        }),
      ],
    },
    {
      title: 'Storage and clocks',
      panels: [
        graph('Partitions ahead', 'short', 'Coming months that have all their partitions', {
          expr: 'min(partitions_months_ahead)',
          legend: 'months',
        }),
        graph('Clock skew', 's', 'Of each process against the database', {
          expr: 'abs(clock_skew_seconds)',
          legend: '{{service}} {{instance}}',
        }),
      ],
    },
  ],
};
