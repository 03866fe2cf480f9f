import { hostOf } from './endpoint';

/** A name, or `*.` and a name for all names below it. */
export type HostPattern = string;

const LABEL = '[a-z0-9]([a-z0-9-]*[a-z0-9])?';
const PATTERN = new RegExp(`^(\\*\\.)?(${LABEL}\\.)+${LABEL}$`);

export function isHostPattern(text: string): text is HostPattern {
  return PATTERN.test(text);
}

export function matchesHost(patterns: readonly HostPattern[], host: string): boolean {
  return patterns.some((pattern) => (pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern));
}

/** Whether the operator allows pushes to this endpoint. Without a list all are allowed. */
export function isAllowedHost(patterns: readonly HostPattern[], endpoint: string): boolean {
  return patterns.length === 0 || matchesHost(patterns, hostOf(endpoint));
}

/** The browsers' push services, which an attacker cannot make slow. */
export const BROWSER_PUSH_SERVICES: readonly HostPattern[] = [
  'fcm.googleapis.com',
  'updates.push.services.mozilla.com',
  '*.notify.windows.com',
  '*.push.apple.com',
];
