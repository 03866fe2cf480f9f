import { runSuite } from '../faults/run-suite';
import { breaks } from './breaks';
import { cases } from './cases';
import { FleetRig } from './fleet-rig';

const about = `Runs two of each app on a fleet of the distribution's servers: nginx before the gateways, a cluster of three brokers,
a Redis Cluster of six, and PgBouncer before a PostgreSQL with two synchronous standbys; people work at half of what this
machine can do. Does to it what happens to a fleet, and checks after each case that nothing is lost, doubled, or out of
order (docs/fleet.md).`;

void runSuite({ command: 'fleet', about, cases, breaks, open: (options) => FleetRig.open(options) });
