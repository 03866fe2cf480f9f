import { Counter, Gauge } from 'prom-client';

// The label is not `job`: Prometheus gives that one to the target, and would rename ours to `exported_job`.

/** Read from the database, so all instances report the same, also after a restart. */
export const lastSuccess = new Gauge({
  name: 'job_last_success_timestamp_seconds',
  help: 'When the job last ended well, on whatever instance',
  labelNames: ['job_name'],
});

export const interval = new Gauge({
  name: 'job_interval_seconds',
  help: 'How long after a success the job runs again, unless it asks for another time itself',
  labelNames: ['job_name'],
});

export const failures = new Counter({
  name: 'job_failures_total',
  help: 'Runs of the job that failed on this instance',
  labelNames: ['job_name'],
});
