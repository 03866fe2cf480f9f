import type { Load } from './load';
import { assumptions, measured } from './measured';

/** One message to all members of a large company. */
export interface AudienceMessage {
  readonly members: number;
  readonly chunks: number;
  /** Until the last member has the frame. Its chunks follow each other, so more workers do not shorten it. */
  readonly seconds: number;
  readonly workerCpuS: number;
  readonly gatewayCpuS: number;
  readonly postgresCpuS: number;
  readonly walMb: number;
  readonly storedMb: number;
}

export function audienceMessage({ audience, coreSpeed }: Load): AudienceMessage {
  const { recipient, audience: lane, wal, storedBytes } = measured;
  const cpuS = ({ value }: { value: number }) => (audience * value) / 1_000 / coreSpeed;
  const chunks = Math.ceil(audience / lane.chunk.value);
  return {
    members: audience,
    chunks,
    seconds: (audience * lane.msPerRecipient.value) / 1_000 / coreSpeed,
    workerCpuS: cpuS(recipient.worker),
    gatewayCpuS: cpuS(recipient.ws),
    postgresCpuS: cpuS(recipient.postgres),
    // A chunk is requested by an event, and has a row of the ledger.
    walMb: ((audience * wal.recipient.value + chunks * wal.event.value) * assumptions.fullPageWrites.value) / 1e6,
    storedMb:
      (audience * storedBytes.notification.value + chunks * (storedBytes.event.value + storedBytes.ledger.value)) / 1e6,
  };
}
