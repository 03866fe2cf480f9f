import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { InviteAccepted } from '@convene/contracts/events/invites-accepted';
import { newId } from '@convene/prisma/ids';
import { notify, OnEvent } from '../reactions';
import { declareQueue } from '../topology/declare';
import { until, World } from './world';

@Controller()
class NotifyInviter {
  @OnEvent(InviteAccepted, 'notify-inviter')
  notifyInviter({ payload: { inviteId, companyName, inviterId, inviteeName } }: EventOf<typeof InviteAccepted>) {
    return [notify({ users: [inviterId] }, 'INVITE_ACCEPTED', { inviteId, companyName, inviteeName })];
  }
}

it('does not write the name of somebody whose account was deleted while the event was under way', async () => {
  const world = await World.create();
  await declareQueue(world.channel, 'notifications.realtimes', { maxAttempts: 3, baseMs: 50 });
  const [ana, bo, cy] = [await world.user('ana'), await world.user('bo'), await world.user('cy')];
  const companyId = await world.company([{ userId: ana, role: 'OWNER' }]);
  await world.prisma.user.update({ where: { id: bo }, data: { deletedAt: new Date() } });
  const { outbox } = await world.writer();
  await world.worker(['events.invites'], [NotifyInviter]);
  for (const [inviteeId, inviteeName] of [
    [bo, 'Bo'],
    [cy, 'Cy'],
  ] as const) {
    const payload = { inviteId: newId(), companyId, companyName: 'Acme', inviterId: ana, inviteeId, inviteeName };
    await outbox.transaction((_, append) => append(InviteAccepted, payload, { actorId: inviteeId, companyId }));
  }
  const rows = await until(async () => {
    const found = await world.prisma.notification.findMany({ where: { recipientUserId: ana } });
    return found.length === 2 && found;
  });
  expect(rows.map(({ params }) => (params as { inviteeName: string }).inviteeName).sort()).toEqual(['Cy', '[deleted]']);
  await world.close();
});
