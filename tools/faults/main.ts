import { breaks } from './breaks';
import { cases } from './cases';
import { ProxiedRig } from './proxied-rig';
import { runSuite } from './run-suite';

const about = `Runs the five apps on private servers, each app behind proxies of its own, with people at work at half of what this
machine can do; causes one fault after the other, and checks after each that nothing is lost, doubled, or out of order
(docs/faults.md).`;

void runSuite({ command: 'faults', about, cases, breaks, open: (options) => ProxiedRig.open(options) });
