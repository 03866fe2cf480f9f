import { Gauge, register } from 'prom-client';
import type { HealthRegistry } from './health';

const NAME = 'dependency_up';

/** Runs the health checks at each scrape, so that alerts and `/health` cannot disagree. */
export function exposeDependencies(health: HealthRegistry): void {
  register.removeSingleMetric(NAME);
  new Gauge({
    name: NAME,
    help: '1 while the health check of a dependency passes, else 0, as /health reports it',
    labelNames: ['dependency'],
    async collect() {
      const { checks } = await health.report();
      for (const [dependency, { status }] of Object.entries(checks)) this.set({ dependency }, status === 'ok' ? 1 : 0);
    },
  });
}
