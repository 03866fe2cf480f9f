import type { FaultCase } from '../fault-case';

const RELOAD = 'SELECT pg_reload_conf()';

export const postgresReadOnly: FaultCase = {
  name: 'postgres-read-only',
  about: 'PostgreSQL takes no writes, as after a failover to a standby',
  async run(rig) {
    await rig.query('ALTER SYSTEM SET default_transaction_read_only = on');
    await rig.query(RELOAD);
    const proof = await rig.failing(20);
    await rig.query('ALTER SYSTEM RESET default_transaction_read_only');
    await rig.query(RELOAD);
    return proof;
  },
};
