import type { FaultCase } from '../fault-case';

export const postgresDiskFull: FaultCase = {
  name: 'postgres-disk-full',
  about: 'the disk of PostgreSQL is full',
  skip: ({ hasDisks }) => (hasDisks ? undefined : 'it needs a file system of its own: root on Linux'),
  async run(rig) {
    const free = rig.fillDisk('postgres');
    const proof = await rig.failing(20);
    free();
    await rig.servers.postgres.start();
    return proof;
  },
};
