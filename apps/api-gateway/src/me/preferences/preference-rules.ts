import type { QuietHours } from '@convene/contracts/http/me';
import { ALWAYS_ON, type Channel, type NotificationCode } from '@convene/contracts/notification-codes';

/** In the inbox it always is; whether it is also mailed or pushed is for the recipient to say. */
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
