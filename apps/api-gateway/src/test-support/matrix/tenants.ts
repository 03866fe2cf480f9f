import { AccessTokenSigner } from '@convene/auth/access-token-signer';
import { Passwords } from '@convene/auth/passwords';
import { newId } from '@convene/prisma/ids';
import type { ApiHarness } from '../api-harness';

/** Who calls. The first three are in the company at hand, in that role; `rival` owns another one; `stranger` none. */
export const ACTORS = ['owner', 'admin', 'member', 'rival', 'stranger', 'anonymous'] as const;
export type Actor = (typeof ACTORS)[number];
export type SignedInActor = Exclude<Actor, 'anonymous'>;
const PEOPLE = ACTORS.filter((actor) => actor !== 'anonymous');

/** The objects that a call names: own, foreign, or nonexistent. */
export const TARGETS = ['own', 'foreign', 'nonexistent'] as const;
export type Target = (typeof TARGETS)[number];

export const PASSWORD = 'the password of all users';

/** The ids that a call may name, as one target. */
export interface Things {
  readonly company: string;
  /** A MEMBER of that company. */
  readonly memberId: string;
  readonly inviteId: string;
  readonly joinRequestId: string;
  /** To be answered: to the actor, if the target is their own. */
  readonly receivedInviteId: string;
  readonly friendRequestId: string;
  readonly blockId: string;
  readonly friendshipId: string;
  readonly friendId: string;
  readonly notificationId: string;
  readonly sessionId: string;
}

/** A small society in a database: everything that a route can name exists once per actor, and once for a third party. */
export class Tenants {
  private constructor(
    private readonly people: Record<
      SignedInActor,
      { id: string; sessionId: string; email: string; token: string; things: Things }
    >,
    private readonly foreign: Things,
  ) {}

  things(actor: Actor, target: Target): Things {
    if (target === 'foreign') return this.foreign;
    if (target === 'nonexistent') return NOTHING;
    return actor === 'anonymous' ? this.people.owner.things : this.people[actor].things;
  }

  token(actor: Actor): string | undefined {
    return actor === 'anonymous' ? undefined : this.people[actor].token;
  }

  /** A user without companies and friends. */
  static async build(api: ApiHarness): Promise<Tenants> {
    const builder = new Builder(api);
    const [home, rivals, third] = [await builder.company(), await builder.company(), await builder.company()];
    const roles = {
      owner: [home, 'OWNER'],
      admin: [home, 'ADMIN'],
      member: [home, 'MEMBER'],
      rival: [rivals, 'OWNER'],
    } as const;
    const people = {} as Tenants['people'];
    for (const actor of PEOPLE) {
      const person = await builder.person();
      const place = actor === 'stranger' ? undefined : roles[actor];
      if (place) await builder.join(person.id, place[0].company, place[1]);
      people[actor] = { ...person, things: { ...home, ...(await builder.belongings(person, third.company)) } };
    }
    const outsider = await builder.person();
    await builder.join(outsider.id, third.company, 'OWNER');
    // Invited by a company that none of the actors is in: its owner may read the invite too.
    const belongings = await builder.belongings(outsider, (await builder.company()).company);
    return new Tenants(people, { ...third, ...belongings });
  }
}

const NOTHING = Object.fromEntries(
  ['company', 'memberId', 'inviteId', 'joinRequestId', 'receivedInviteId', 'friendRequestId', 'blockId', 'friendId']
    .concat('friendshipId', 'notificationId', 'sessionId')
    .map((name) => [name, '0190b6d4-7c00-7000-8000-00000000dead']),
) as unknown as Things;

let passwordHash: Promise<string> | undefined;
const soon = () => new Date(Date.now() + 3_600_000);

class Builder {
  private readonly signer: AccessTokenSigner;

  constructor(private readonly api: ApiHarness) {
    const { env } = api;
    this.signer = new AccessTokenSigner({
      key: env.JWT_PRIVATE_KEY,
      ttlSeconds: env.JWT_ACCESS_TTL,
      issuer: env.JWT_ISSUER,
      audience: env.JWT_AUDIENCE,
    });
  }

  async person() {
    const { prisma } = this.api;
    const [id, sessionId] = [newId(), newId()];
    const email = `${id}@example.com`;
    passwordHash ??= new Passwords().hash(PASSWORD);
    await prisma.user.create({
      data: { id, email, emailVerifiedAt: new Date(), passwordHash: await passwordHash, displayName: `Name ${id}` },
    });
    await prisma.session.create({ data: { id: sessionId, userId: id, expiresAt: soon() } });
    return { id, sessionId, email, token: (await this.signer.sign(id, sessionId)).token };
  }

  /** Public, with a member, a pending invite and a request to join. */
  async company() {
    const { prisma } = this.api;
    const [company, inviteId, joinRequestId] = [newId(), newId(), newId()];
    const [member, applicant] = [await this.person(), await this.person()];
    await prisma.company.create({ data: { id: company, name: 'Company', isPublic: true } });
    await this.join(member.id, company, 'MEMBER');
    await this.invite(inviteId, company, `invited-${inviteId}@example.com`, member.id);
    await prisma.joinRequest.create({ data: { id: joinRequestId, companyId: company, userId: applicant.id } });
    return { company, memberId: member.id, inviteId, joinRequestId };
  }

  async join(userId: string, companyId: string, role: 'OWNER' | 'ADMIN' | 'MEMBER') {
    const { prisma } = this.api;
    const { membershipVersion } = await prisma.company.update({
      where: { id: companyId },
      data: { membershipVersion: { increment: 1 } },
    });
    await prisma.membership.create({ data: { companyId, userId, role } });
    await prisma.membershipPeriod.create({ data: { companyId, userId, role, fromVersion: membershipVersion } });
  }

  /** Objects of one user. The received invite is from a company in which the user is no member. */
  async belongings({ id, email }: { id: string; email: string }, invitingCompany: string) {
    const { prisma } = this.api;
    const [suitor, friend, enemy] = [await this.person(), await this.person(), await this.person()];
    const [receivedInviteId, friendRequestId, friendshipId] = [newId(), newId(), newId()];
    const [blockId, notificationId] = [newId(), newId()];
    await this.join(suitor.id, invitingCompany, 'ADMIN');
    await this.invite(receivedInviteId, invitingCompany, email, suitor.id);
    await prisma.friendship.create({ data: { id: friendRequestId, requesterId: suitor.id, addresseeId: id } });
    await prisma.friendship.create({
      data: { id: friendshipId, requesterId: id, addresseeId: friend.id, status: 'ACCEPTED', acceptedAt: new Date() },
    });
    await prisma.block.create({ data: { id: blockId, blockerId: id, blockedId: enemy.id } });
    await prisma.inboxCounter.create({ data: { userId: id, lastSeq: 1, unreadCount: 1, version: 1 } });
    await prisma.notification.create({
      data: {
        eventId: notificationId,
        recipientUserId: id,
        seq: 1,
        code: 'MESSAGE',
        params: { senderName: 'Friend', text: 'Hello', companyName: null },
        senderUserId: friend.id,
      },
    });
    const other = await prisma.session.create({ data: { id: newId(), userId: id, expiresAt: soon() } });
    const ids = { receivedInviteId, friendRequestId, friendshipId, blockId, notificationId };
    return { ...ids, friendId: friend.id, sessionId: other.id };
  }

  private async invite(id: string, companyId: string, email: string, inviterId: string) {
    await this.api.prisma.invite.create({
      // Long enough ago to be sent again.
      data: { id, companyId, email, inviterId, role: 'MEMBER', tokenHash: '', expiresAt: soon(), sentAt: new Date(0) },
    });
  }
}
