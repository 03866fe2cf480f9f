import type { FaultCase } from '../fault-case';

export const eventsDoubled: FaultCase = {
  name: 'events-doubled',
  about: 'the relay publishes 300 events again',
  inTests: true,
  async run(rig) {
    const again = await rig.query(
      `UPDATE domain_events SET published_at = NULL, claimed_until = NULL
       WHERE id IN (SELECT id FROM domain_events WHERE published_at IS NOT NULL ORDER BY id DESC LIMIT 300) RETURNING id`,
    );
    return `${again.length} events published again`;
  },
};
