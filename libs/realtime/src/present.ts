import type { PresenceState } from '@convene/contracts/presence';

/** How somebody is there who is. */
export type Present = Exclude<PresenceState, 'OFFLINE'>;

/** Of several devices, or of what several gateways say: one that is in use outweighs all that are not. */
export function mostPresent(one: Present, other: Present | undefined): Present {
  return one === 'ONLINE' || other === 'ONLINE' ? 'ONLINE' : 'AWAY';
}
