import { Counter, Gauge } from 'prom-client';

/** Read from the database, so all instances report the same, also after a restart. */
export const lastSuccess = new Gauge({
  name: 'job_last_success_timestamp_seconds',
  help: 'When the job last ended well, on whatever instance',
  labelNames: ['job'],
});

export const failures = new Counter({
  name: 'job_failures_total',
  help: 'Runs of the job that failed on this instance',
  labelNames: ['job'],
});
