import type { Bench } from './bench';
import { fanout } from './fanout/run';
import { growth } from './growth/run';
import { http } from './http/run';
import { idle } from './idle/run';
import { pipeline } from './pipeline/run';
import { poison } from './poison/run';
import { realtime } from './realtime/run';
import { relay } from './relay/run';
import { scale } from './scale/run';
import { storm } from './storm/run';
import { traces } from './traces/run';

/** By name, in the order of the help. */
export const benches: Readonly<Record<string, Bench>> = {
  realtime,
  pipeline,
  http,
  relay,
  idle,
  fanout,
  storm,
  growth,
  scale,
  traces,
  poison,
};
