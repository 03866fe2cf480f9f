import type { Break } from '../faults/breaks';
import type { FleetRig } from './fleet-rig';

/** As in the faults: without this guarantee the checker must find something. */
export const breaks: Readonly<Record<string, Break<FleetRig>>> = {
  commit: {
    about: 'answers leave before a standby has their commit, and the standbys lag',
    shows: 'postgres-promoted',
    async apply({ servers: { postgres } }) {
      await postgres.set(postgres.primaryUrl, { synchronous_standby_names: '' });
      await postgres.partStandbys();
    },
  },
};
