import { UserError } from '../dev/terminal';

/** What people do, and what is wanted of the machines: the input of the model. */
export interface Load {
  readonly users: number;
  /** Users with at least one connection, in the busy hours. */
  readonly online: number;
  /** Connections of an online user. */
  readonly devices: number;
  /** Domain events that an online user causes. */
  readonly eventsPerUserHour: number;
  readonly readsPerUserHour: number;
  readonly recipients: number;
  /** Online members of a company, who see its room frames. */
  readonly companyOnline: number;
  readonly busyHours: number;
  /** The busiest second by the mean of the busy hours. */
  readonly peak: number;
  readonly utilisation: number;
  /** How fast a core is, by one of the machine of the benches. */
  readonly coreSpeed: number;
  readonly zones: number;
  readonly audience: number;
}

interface Option {
  readonly key: keyof Load;
  readonly about: string;
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
  readonly default?: number;
}

const count = (key: keyof Load, about: string, least: number, most: number, fallback?: number): Option => ({
  key,
  about,
  least,
  most,
  whole: true,
  ...(fallback !== undefined && { default: fallback }),
});
const number = (...args: Parameters<typeof count>): Option => ({ ...count(...args), whole: false });

export const options: Readonly<Record<string, Option>> = {
  users: count('users', 'accounts', 1, 1e9),
  online: count('online', 'users who are connected in the busy hours', 0, 1e9),
  'events-per-user-hour': number('eventsPerUserHour', 'domain events that an online user causes', 0, 10_000, 2),
  'reads-per-user-hour': number('readsPerUserHour', 'HTTP reads of an online user', 0, 100_000, 20),
  devices: number('devices', 'connections of an online user', 1, 50, 1),
  recipients: number('recipients', 'users whom an event notifies, on average', 0, 100, 1),
  'company-online': number('companyOnline', 'online members of a company', 0, 1e6, 10),
  'busy-hours': number('busyHours', 'hours a day in which so many are online', 1, 24, 8),
  peak: number('peak', 'the busiest second by the mean', 1, 100, 2),
  utilisation: number('utilisation', 'target share of a core', 0.1, 0.8, 0.6),
  'core-speed': number('coreSpeed', 'a core by one of the machine of the benches', 0.1, 10, 1),
  zones: count('zones', 'zones, of which one may fail; with 1, one process may', 1, 10, 3),
  audience: count('audience', 'members of the company that gets one message', 1, 1e9, 1_000_000),
};

type Size = { readonly users: number; readonly online: number };
export const sizes: Readonly<Record<string, Size>> = {
  small: { users: 10_000, online: 2_000 },
  medium: { users: 100_000, online: 20_000 },
  large: { users: 1_000_000, online: 200_000 },
  xl: { users: 5_000_000, online: 1_000_000 },
};

/** @throws UserError that lists all options that are wrong, each with its remedy. */
export function parseLoad(values: Readonly<Record<string, string | undefined>>, sizeName?: string): Load {
  const size = sizeName === undefined ? {} : Object.hasOwn(sizes, sizeName) ? sizes[sizeName] : undefined;
  if (!size) throw new UserError(`--size ${sizeName}: give one of ${Object.keys(sizes).join(', ')}.`);
  const problems: string[] = [];
  const load = Object.fromEntries(
    Object.entries(options).map(([name, option]) => {
      const text = values[name];
      const given = text === undefined ? undefined : numberOf(name, text, option, problems);
      const value = given ?? (size as Partial<Load>)[option.key] ?? option.default;
      if (value === undefined && text === undefined) problems.push(`--${name} is missing: give it, or --size.`);
      return [option.key, value ?? NaN];
    }),
  ) as unknown as Load;
  if (load.online > load.users)
    problems.push(`--online ${load.online} is more than --users ${load.users}: lower the one or raise the other.`);
  if (problems.length > 0) throw new UserError(problems.join('\n'));
  return load;
}

function numberOf(name: string, text: string, option: Option, problems: string[]): number | undefined {
  const { least, most, whole } = option;
  // Number('') is 0, and Number('0x10') is 16.
  const value = /^\d+(\.\d+)?(e\d+)?$/i.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  problems.push(`--${name} ${text || '""'}: give a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`);
  return undefined;
}
