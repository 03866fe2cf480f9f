import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { InviteAccepted } from '@convene/contracts/events/invites-accepted';
import { newId } from '@convene/prisma/ids';
import { notify, OnEvent } from '../reactions';
import { MessagingHarness, until } from '../test-support/messaging-harness';
import { declareQueue } from '../topology/declare';

@Controller()
class NotifyInviter {
  @OnEvent(InviteAccepted, 'notify-inviter')
  notifyInviter({ payload: { inviteId, companyName, inviterId, inviteeName } }: EventOf<typeof InviteAccepted>) {
    return [notify({ users: [inviterId] }, 'INVITE_ACCEPTED', { inviteId, companyName, inviteeName })];
  }
}

it('a notification does not contain the name of a user who was deleted while its event was pending', async () => {
  const harness = await MessagingHarness.create();
  await declareQueue(harness.channel, 'notifications.realtimes', { maxAttempts: 3, baseMs: 50 });
  const [ana, bo, cy] = [await harness.user('ana'), await harness.user('bo'), await harness.user('cy')];
  const companyId = await harness.company([{ userId: ana, role: 'OWNER' }]);
  await harness.prisma.user.update({ where: { id: bo }, data: { deletedAt: new Date() } });
  const { outbox } = await harness.writer();
  await harness.worker(['events.invites'], [NotifyInviter]);
  for (const [inviteeId, inviteeName] of [
    [bo, 'Bo'],
    [cy, 'Cy'],
  ] as const) {
    const payload = { inviteId: newId(), companyId, companyName: 'Acme', inviterId: ana, inviteeId, inviteeName };
    await outbox.transaction((_, append) => append(InviteAccepted, payload, { actorId: inviteeId, companyId }));
  }
  const rows = await until(async () => {
    const found = await harness.prisma.notification.findMany({ where: { recipientUserId: ana } });
    return found.length === 2 && found;
  });
  expect(rows.map(({ params }) => (params as { inviteeName: string }).inviteeName).sort()).toEqual(['Cy', '[deleted]']);
  await harness.close();
});
