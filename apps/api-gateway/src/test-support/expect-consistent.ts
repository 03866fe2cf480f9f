import { CompanyCreated } from '@convene/contracts/events/companies-created';
import { CompanyDeleted } from '@convene/contracts/events/companies-deleted';
import { InviteAccepted } from '@convene/contracts/events/invites-accepted';
import { InviteCreated } from '@convene/contracts/events/invites-created';
import { InviteExpired } from '@convene/contracts/events/invites-expired';
import { InviteRejected } from '@convene/contracts/events/invites-rejected';
import { InviteResent } from '@convene/contracts/events/invites-resent';
import { InviteRevoked } from '@convene/contracts/events/invites-revoked';
import { MembershipJoined } from '@convene/contracts/events/memberships-joined';
import type { ApiHarness } from './api-harness';

/**
 * The invariants of a company's tables, whichever calls raced:
 * - each membership has exactly one open period, of the same role, and there is no other open period
 * - the periods of a user do not overlap
 * - each membership version comes from exactly one event, without a gap: versions 1 to 7 have seven events
 * - a company has an owner; a deleted company has no members
 * - the events of each invite match its status
 */
export async function expectConsistent(api: ApiHarness, companyId: string): Promise<void> {
  const company = await api.prisma.company.findUniqueOrThrow({ where: { id: companyId } });
  const events = await api.events({ companyId });
  await expectPeriods(api, companyId, company.membershipVersion);

  const ended = events.filter(({ type }) => type === CompanyDeleted.type);
  const changes = events.filter(
    ({ type }) => type === CompanyCreated.type || familyOf(type) === MembershipJoined.family,
  );
  const versions = [
    ...changes.map(({ membershipVersion }) => membershipVersion ?? 0),
    // Members are entitled to this event, so it has the version before its own change: members of version 7 see the
    // deletion, which makes version 8.
    ...ended.map(({ membershipVersion }) => (membershipVersion ?? 0) + 1),
  ];
  expect(versions.sort((a, b) => a - b)).toEqual(upTo(company.membershipVersion));

  expect(ended).toHaveLength(company.deletedAt ? 1 : 0);
  const owners = await api.prisma.membership.count({ where: { companyId, role: 'OWNER' } });
  if (company.deletedAt) expect(await api.prisma.membership.count({ where: { companyId } })).toBe(0);
  else expect(owners).toBeGreaterThan(0);

  const countOf = ({ type }: { type: string }, id: string) =>
    events.filter((event) => event.type === type && (event.payload as { inviteId: string }).inviteId === id).length;
  for (const { id, status, rotation } of await api.prisma.invite.findMany({ where: { companyId } })) {
    expect([countOf(InviteCreated, id), countOf(InviteResent, id)]).toEqual([1, rotation]);
    expect([countOf(InviteAccepted, id), countOf(InviteRejected, id)]).toEqual([
      Number(status === 'ACCEPTED'),
      Number(status === 'REJECTED'),
    ]);
    if (status === 'EXPIRED') expect(countOf(InviteExpired, id)).toBeGreaterThan(0);
    // The invites of a deleted company end without events of their own.
    if (!company.deletedAt) expect(countOf(InviteRevoked, id)).toBe(Number(status === 'REVOKED'));
  }
}

async function expectPeriods({ prisma }: ApiHarness, companyId: string, version: number): Promise<void> {
  const memberships = await prisma.membership.findMany({
    where: { companyId },
    select: { userId: true, role: true },
    orderBy: { userId: 'asc' },
  });
  const periods = await prisma.membershipPeriod.findMany({
    where: { companyId },
    orderBy: [{ userId: 'asc' }, { fromVersion: 'asc' }],
  });
  const open = periods.filter(({ toVersion }) => toVersion === null);
  expect(open.map(({ userId, role }) => ({ userId, role }))).toEqual(memberships);
  for (const [n, { userId, toVersion }] of periods.entries()) {
    const next = periods[n + 1];
    if (next?.userId !== userId) continue;
    expect(toVersion).not.toBeNull();
    expect(toVersion).toBeLessThanOrEqual(next.fromVersion);
  }
  expect(Math.max(...periods.map(({ fromVersion, toVersion }) => toVersion ?? fromVersion))).toBe(version);
}

const familyOf = (type: string) => type.slice(0, type.indexOf('.'));
const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1);
