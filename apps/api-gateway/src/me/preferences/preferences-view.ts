import { ConveneError } from '@convene/contracts/errors';
import type { PreferencesView } from '@convene/contracts/http/me';
import { Channel, NotificationCode } from '@convene/contracts/notification-codes';
import type { Tx } from '@convene/prisma/transaction';
import { isFixed, timeOfDay } from './preference-rules';

/** Every type and channel, chosen or by default. @throws ConveneError UNAUTHENTICATED for a deleted account */
export async function readPreferences(
  prisma: Pick<Tx, 'user' | 'preference' | 'quietHours'>,
  userId: string,
): Promise<PreferencesView> {
  const user = await prisma.user.findFirst({ where: { id: userId, deletedAt: null }, select: { timeZone: true } });
  if (!user) throw new ConveneError('UNAUTHENTICATED');
  const chosen = await prisma.preference.findMany({ where: { userId } });
  const quiet = await prisma.quietHours.findUnique({ where: { userId } });
  const enabled = new Map(chosen.map((choice) => [`${choice.code} ${choice.channel}`, choice.enabled]));
  return {
    choices: NotificationCode.options.flatMap((code) =>
      Channel.options.map((channel) => {
        // A fixed preference is on, regardless of earlier choices.
        const fixed = isFixed(code, channel);
        return { code, channel, enabled: fixed || (enabled.get(`${code} ${channel}`) ?? true), fixed };
      }),
    ),
    quietHours: quiet && { from: timeOfDay(quiet.fromMinute), to: timeOfDay(quiet.toMinute) },
    timeZone: user.timeZone,
  };
}
