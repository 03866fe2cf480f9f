import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { PreferencesView, QuietHours, UpdatePreferencesBody } from '@convene/contracts/http/me';
import { PrismaService } from '@convene/prisma/prisma.service';
import { inTransaction, type Tx } from '@convene/prisma/transaction';
import { isFixed, minuteOf } from './preference-rules';
import { readPreferences } from './preferences-view';

type Choice = NonNullable<UpdatePreferencesBody['choices']>[number];

@Injectable()
export class UpdatePreferences {
  constructor(private readonly prisma: PrismaService) {}

  /** All of it or nothing. @throws ConveneError PREFERENCE_FIXED that names what cannot be switched off */
  async execute(userId: string, { choices = [], quietHours }: UpdatePreferencesBody): Promise<PreferencesView> {
    refuseFixed(choices);
    return inTransaction(this.prisma, async (tx) => {
      await writeChoices(tx, userId, choices);
      if (quietHours !== undefined) await writeQuietHours(tx, userId, quietHours);
      return readPreferences(tx, userId);
    });
  }
}

function refuseFixed(choices: readonly Choice[]): void {
  const errors = choices.flatMap(({ code, channel, enabled }, index) =>
    !enabled && isFixed(code, channel)
      ? [{ field: `choices.${index}`, message: `${code} cannot be switched off` }]
      : [],
  );
  if (errors.length > 0) throw new ConveneError('PREFERENCE_FIXED', undefined, { errors });
}

/** Of two choices about the same thing the later one counts. In order of their key, so that writers queue up. */
async function writeChoices(tx: Tx, userId: string, choices: readonly Choice[]): Promise<void> {
  if (choices.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO preferences (user_id, code, channel, enabled)
    SELECT DISTINCT ON (code, channel) ${userId}::uuid, code, channel::"NotificationChannel", enabled
    FROM jsonb_to_recordset(${JSON.stringify(choices.map((choice, at) => ({ ...choice, at })))}::jsonb)
      AS c(code text, channel text, enabled boolean, at int)
    ORDER BY code, channel, at DESC
    ON CONFLICT (user_id, code, channel) DO UPDATE SET enabled = excluded.enabled`;
}

async function writeQuietHours(tx: Tx, userId: string, quietHours: QuietHours | null): Promise<void> {
  if (!quietHours) {
    await tx.quietHours.deleteMany({ where: { userId } });
    return;
  }
  const minutes = { fromMinute: minuteOf(quietHours.from), toMinute: minuteOf(quietHours.to) };
  await tx.quietHours.upsert({ where: { userId }, create: { userId, ...minutes }, update: minutes });
}
