import { type NotificationCode, NOTIFICATIONS } from '@convene/contracts/notification-codes';
import type { NotificationContract } from '@convene/contracts/notification-contract';
import { oneLine } from './html';

const MAX_TEXT_LENGTH = 200;

/** The text of a notification on one line, also for a code that this version does not know. */
export function notificationLine(code: string, params: unknown): string {
  const known = Object.hasOwn(NOTIFICATIONS, code) ? NOTIFICATIONS[code as NotificationCode] : undefined;
  const parsed = known?.params.safeParse(params);
  if (!known || !parsed?.success) return 'Something new is in your inbox.';
  return oneLine((known as NotificationContract).line(shortened(parsed.data)));
}

/** The params, with every text cut to what fits a line. */
function shortened(params: object): object {
  const entries = Object.entries(params).map(([name, value]: [string, unknown]) => {
    return [name, typeof value === 'string' ? short(value) : value] as const;
  });
  return Object.fromEntries(entries);
}

function short(text: string): string {
  const line = oneLine(text);
  return line.length > MAX_TEXT_LENGTH ? `${line.slice(0, MAX_TEXT_LENGTH - 1)}…` : line;
}
