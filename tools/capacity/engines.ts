import type { Demand } from './demand';
import type { Load } from './load';
import { assumptions, measured } from './measured';

const DAYS = 30;
const GB = 1e9;

export interface Engines {
  readonly postgres: {
    /** Of the primary. Each standby is as large. */
    readonly cores: number;
    readonly memoryGb: number;
    readonly rowsPerMonth: number;
    readonly storageGbPerMonth: number;
    /** Once, for accounts and what belongs to them. */
    readonly accountsGb: number;
    readonly walGbPerMonth: number;
    /** At the peak. */
    readonly walMbPerSecond: number;
  };
  readonly rabbitmq: { readonly nodes: number; readonly coresPerNode: number };
  readonly redis: { readonly masters: number; readonly memoryGb: number };
}

export function enginesFor(load: Load, demand: Demand, backends: number): Engines {
  const { utilisation, recipients, busyHours, peak, users } = load;
  const { storedBytes, wal } = measured;
  const eventsPerDay = (demand.events / peak) * 3_600 * busyHours;
  const bytesPerEvent =
    storedBytes.event.value + storedBytes.ledger.value + recipients * storedBytes.notification.value;
  const walPerEvent =
    (wal.event.value + Math.max(0, recipients - 1) * wal.recipient.value) * assumptions.fullPageWrites.value;
  const accounts = users * assumptions.userBytes.value;
  const hot = eventsPerDay * bytesPerEvent * assumptions.hotDays.value + accounts;
  return {
    postgres: {
      cores: Math.max(2, Math.ceil(demand.postgres / utilisation)),
      memoryGb: Math.max(4, Math.ceil((hot + backends * assumptions.backendMb.value * 1e6) / GB)),
      rowsPerMonth: eventsPerDay * DAYS * (2 + recipients),
      storageGbPerMonth: (eventsPerDay * DAYS * bytesPerEvent) / GB,
      accountsGb: accounts / GB,
      walGbPerMonth: (eventsPerDay * DAYS * walPerEvent) / GB,
      walMbPerSecond: (demand.events * walPerEvent) / 1e6,
    },
    rabbitmq: {
      nodes: assumptions.rabbitmqNodes.value,
      coresPerNode: Math.max(1, Math.ceil(demand.rabbitmq / utilisation)),
    },
    redis: {
      // Each master executes commands in one thread.
      masters: Math.max(1, Math.ceil(demand.redis / utilisation)),
      memoryGb: Math.max(0.5, (demand.connections * assumptions.presenceBytes.value) / GB),
    },
  };
}
