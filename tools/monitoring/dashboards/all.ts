import { database } from './database';
import type { Dashboard } from './grafana';
import { overview } from './overview';
import { pipeline } from './pipeline';
import { tenants } from './tenants';
import { workers } from './workers';
import { wsGateway } from './ws-gateway';

export const DASHBOARDS: readonly Dashboard[] = [overview, pipeline, wsGateway, workers, database, tenants];

/** Every expression of a dashboard. */
export const expressionsOf = ({ rows }: Dashboard) =>
  rows.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)));
