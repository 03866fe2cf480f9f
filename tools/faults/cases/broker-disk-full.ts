import type { FaultCase } from '../fault-case';

/** Below `disk_free_limit`, so that it raises its alarm; with nothing left it would crash. */
const LEAVE_MB = 40;

export const brokerDiskFull: FaultCase = {
  name: 'broker-disk-full',
  about: 'the disk of RabbitMQ is full: its alarm blocks publishers',
  skip: ({ hasDisks }) => (hasDisks ? undefined : 'it needs a file system of its own: root on Linux'),
  async run(rig) {
    const free = rig.fillDisk('rabbitmq', LEAVE_MB);
    const proof = await rig.pending(50);
    free();
    return proof;
  },
};
