import { jobsReference } from './jobs';
import { metricsReference } from './metrics';
import { modulesOfApps } from './modules-of-apps';
import { queuesReference } from './queues';
import { variablesReference } from './variables';

/** What `docs/reference` contains, by path. */
export async function references(): Promise<Record<string, string>> {
  return {
    'docs/reference/jobs.md': jobsReference(),
    'docs/reference/metrics.md': metricsReference(await modulesOfApps()),
    'docs/reference/queues.md': queuesReference(),
    'docs/reference/variables.md': await variablesReference(),
  };
}
