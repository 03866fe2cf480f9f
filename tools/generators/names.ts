/** Every name that follows from an event's type. */
export interface EventNames {
  readonly type: string;
  readonly family: string;
  /** `invites-expired`: the contract's file. */
  readonly file: string;
  /** `InviteExpired`: the contract. */
  readonly contract: string;
  /** `An invite expired.`, or as near as a program gets. */
  readonly sentence: string;
  /** `inviteId`: the fact that no event goes without. */
  readonly idField: string;
  /** `announce-invite-expired`: the durable name under which a worker forwards the room frame of an event without a handler. */
  readonly announcement: string;
  /** `INVITE_EXPIRED`: the code of its notification. */
  readonly code: string;
  /** `notifyWhenInviteExpired`: the method of the notifying reaction. */
  readonly reaction: string;
  /** `NotifyWhenInviteExpired`, the controller, and `notify-when-invite-expired`, its file and the reaction's durable name. */
  readonly controller: string;
  readonly controllerFile: string;
}

export function namesOf(type: string): EventNames {
  const [family = '', participle = ''] = type.split('.');
  const one = singular(family);
  const contract = pascal(`${one}_${participle}`);
  return {
    type,
    family,
    file: kebab(`${family}_${participle}`),
    contract,
    sentence: `${capital(one.replaceAll('_', ' '))} ${participle.replaceAll('_', ' ')}.`,
    idField: `${uncapital(pascal(one))}Id`,
    announcement: kebab(`announce_${one}_${participle}`),
    code: `${one}_${participle}`.toUpperCase(),
    reaction: `notifyWhen${contract}`,
    controller: `NotifyWhen${contract}`,
    controllerFile: kebab(`notify_when_${one}_${participle}`),
  };
}

/** `companies` → `company`, `invites` → `invite`, `batches` → `batch`, `reaction_addresses` → `reaction_address`. */
export function singular(plural: string): string {
  if (plural.endsWith('ies')) return `${plural.slice(0, -3)}y`;
  if (/(ss|x|ch|sh)es$/.test(plural)) return plural.slice(0, -2);
  return plural.replace(/s$/, '');
}

const kebab = (snake: string) => snake.replaceAll('_', '-');
export const snake = (kebabbed: string) => kebabbed.replaceAll('-', '_');
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
const uncapital = (word: string) => word.charAt(0).toLowerCase() + word.slice(1);
const pascal = (snaked: string) => snaked.split('_').map(capital).join('');
