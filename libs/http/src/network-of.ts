import { isIP, isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** An IPv6 customer gets at least a /64 and may use every address in it, so limits apply to the /64. */
const COUNTED_GROUPS = 4;

/**
 * The network to which limits apply: an IPv4 address as it is, an IPv6 address by its /64. An IPv4-mapped address
 * (`::ffff:192.0.2.1`, what a dual-stack socket reports) is the IPv4 address. Text that is not an address is returned unchanged.
 */
export function networkOf(address: string): string {
  if (isIPv4(address) || isIP(address) === 0) return address;
  const parsed = ipaddr.IPv6.parse(address);
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString();
  const groups = parsed.parts.slice(0, COUNTED_GROUPS).map((group) => group.toString(16));
  return `${groups.join(':')}::/64`;
}
