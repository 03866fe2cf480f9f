import type { QuietHours } from '@convene/contracts/http/me';
import { ALWAYS_ON, type Channel, type NotificationCode } from '@convene/contracts/notification-codes';

/** Every notification is in the inbox; the recipient chooses mails and pushes. */
export function isFixed(code: NotificationCode, channel: Channel): boolean {
  return channel === 'SOCKET' && ALWAYS_ON.has(code);
}

/** Minutes after midnight. */
export function minuteOf(time: QuietHours['from']): number {
  const [hours, minutes] = time.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

export function timeOfDay(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
