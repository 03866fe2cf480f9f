import type { Person } from './person';

/** The people of one company: its owner, an admin, a member, and an outsider who joins and leaves. */
export interface Cast {
  readonly companyId: string;
  readonly owner: Person;
  readonly admin: Person;
  readonly member: Person;
  readonly outsider: Person;
}

interface Accepted {
  readonly id: string;
}

/**
 * What the people of a company do, operation by operation, for ever: notices to the whole company, messages, replies,
 * an invitation that is accepted, a member who leaves, a friendship. Each `next()` is one accepted operation. Operations
 * of one company follow each other, so it is known who is a member at each.
 */
export async function* companyScript({ companyId, owner, admin, member, outsider }: Cast): AsyncGenerator<void> {
  for (let round = 1; ; round++) {
    yield await notice(companyId, owner, [admin, member], `notice ${round}`);

    const question = await message(owner, { to: 'members', companyId }, member, `question ${round}`);
    yield;

    const guest = `Guest ${round}`;
    await outsider.calls.patch('me', { displayName: guest });
    const invite = await owner.calls.post<Accepted>(`companies/${companyId}/invites`, { email: outsider.email });
    yield outsider.expect('INVITE_RECEIVED', invite.id);
    await outsider.calls.post(`invites/${invite.id}/accept`);
    owner.expect('INVITE_ACCEPTED', invite.id);
    yield admin.expect('MEMBER_JOINED', guest);

    yield await notice(companyId, owner, [admin, member, outsider], `notice with a guest ${round}`);

    await outsider.calls.post(`companies/${companyId}/leave`);
    for (const manager of [owner, admin]) manager.expect('MEMBER_LEFT', guest);
    yield;

    const { friendship } = await admin.calls.post<{ friendship: Accepted }>('friendships', { userId: member.id });
    yield member.expect('FRIEND_REQUESTED', friendship.id);
    await member.calls.post(`friendships/${friendship.id}/accept`);
    yield admin.expect('FRIEND_ACCEPTED', friendship.id);
    await message(member, { to: 'friends' }, admin, `among friends ${round}`);
    yield;
    yield await admin.calls.delete(`friendships/${friendship.id}`);

    // Nobody can reply to what has not arrived yet.
    if (!member.device.received.some(({ frame }) => frame.id === question)) continue;
    await member.calls.post(`notifications/${question}/replies`, { text: `answer ${round}` });
    yield owner.expect('REPLY', `answer ${round}`);
  }
}

async function notice(companyId: string, from: Person, to: readonly Person[], text: string): Promise<void> {
  await from.calls.post('notifications', { to: 'company', companyId, text });
  for (const each of to) each.expect('MESSAGE', text);
}

/** @returns the id of the message. */
async function message(from: Person, where: object, to: Person, text: string): Promise<string> {
  const { id } = await from.calls.post<Accepted>('notifications', { ...where, userIds: [to.id], text });
  to.expect('MESSAGE', text);
  return id;
}
