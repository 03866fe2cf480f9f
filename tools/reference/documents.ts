import { brokerDefinitions } from './broker-definitions';
import { jobsReference } from './jobs';
import { metricsReference } from './metrics';
import { modulesOfApps } from './modules-of-apps';
import { queuesReference } from './queues';
import { variablesReference } from './variables';

/** What is generated from the code, by path: all of `docs/reference`, and what a broker loads. */
export async function references(): Promise<Record<string, string>> {
  return {
    'docs/reference/jobs.md': jobsReference(),
    'docs/reference/metrics.md': metricsReference(await modulesOfApps()),
    'docs/reference/queues.md': queuesReference(),
    'docs/reference/variables.md': await variablesReference(),
    'deploy/rabbitmq/definitions.json': await brokerDefinitions(),
  };
}
