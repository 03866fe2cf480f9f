import { Counter } from 'prom-client';
import { logger, reasonOf } from '@convene/observability/logger';

const failures = new Counter({
  name: 'realtime_publish_failures_total',
  help: 'Frames Redis did not take; gateways heal them by comparison with PostgreSQL',
});

/** Resolves whether or not the frame was published: a failure is counted and logged, and never fails the caller. */
export async function guarded(publish: Promise<unknown>): Promise<void> {
  try {
    await publish;
  } catch (error) {
    failures.inc();
    logger.debug({ reason: reasonOf(error) }, 'A frame was not published');
  }
}
