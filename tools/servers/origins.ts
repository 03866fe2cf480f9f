import { Remediable } from './server';

/** The ways to a server that nobody names by URL, in the order in which they are tried. */
export const origins = ['private', 'docker', 'apt'] as const;
export type Origin = (typeof origins)[number];

/** Reads `--servers=docker` or `--servers=private,apt`. */
export function originsFrom(text: string): Origin[] {
  return text.split(',').map((name) => {
    const origin = origins.find((known) => known === name.trim());
    if (!origin) throw new Remediable(`--servers takes ${origins.join(', ')} (comma-separated), not "${name}".`);
    return origin;
  });
}
