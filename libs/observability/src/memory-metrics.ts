import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { Gauge } from 'prom-client';

new Gauge({
  name: 'process_memory_limit_bytes',
  help: 'Resident memory at which the process is killed: the limit of its container, else the memory of the machine',
  collect() {
    // Without a limit Node reports 0, undefined or more than the machine has, depending on its version.
    this.set(Math.min(process.constrainedMemory() || Infinity, totalmem()));
  },
});

new Gauge({
  name: 'nodejs_heap_size_limit_bytes',
  help: 'Heap size at which V8 ends the process',
  collect() {
    this.set(getHeapStatistics().heap_size_limit);
  },
});
