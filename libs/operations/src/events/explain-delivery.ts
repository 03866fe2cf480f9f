import { Injectable } from '@nestjs/common';
import { findEvent } from '@convene/contracts/catalogue';
import { ConveneError } from '@convene/contracts/errors';
import type { WhyView } from '@convene/contracts/ops/why';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { AUDIENCE_FACTS } from '../verify/audience-facts';
import { type DeliveryFacts, judgeDelivery } from './judge-delivery';

type Event = DeliveryFacts['event'];
type Reaction = NonNullable<DeliveryFacts['reaction']>;

@Injectable()
export class ExplainDelivery {
  constructor(private readonly database: Database) {}

  /** @throws ConveneError NOT_FOUND when the event is not, or no longer, stored. */
  async execute(userId: string, eventId: string): Promise<WhyView> {
    const [stored] = await this.database.query<Omit<Event, 'notifies'>>(sql`
      SELECT type, payload, actor_id AS "actorId", company_id AS "companyId", membership_version AS "membershipVersion",
        published_at IS NOT NULL AS "isPublished"
      FROM domain_events WHERE id = ${eventId}::uuid`);
    if (!stored) throw new ConveneError('NOT_FOUND', `There is no event ${eventId}`);
    const event = { ...stored, notifies: codesOf(stored.type).length > 0 };
    const [[user], [row], reaction, unfinished, standing] = await Promise.all([
      this.database.query<NonNullable<DeliveryFacts['user']>>(sql`
        SELECT deleted_at IS NOT NULL AS "isDeleted" FROM users WHERE id = ${userId}::uuid`),
      this.database.query<NonNullable<DeliveryFacts['row']>>(sql`
        SELECT seq::int, silent, deleted_at IS NOT NULL AS "isDeleted", created_at AS at
        FROM notifications WHERE event_id = ${eventId}::uuid AND recipient_user_id = ${userId}::uuid`),
      this.reaction(eventId, event.type),
      this.database.query(sql`SELECT FROM audiences WHERE event_id = ${eventId}::uuid`),
      this.standing(userId, event),
    ]);
    const facts = { event, userId, user, row, reaction, isBeingWritten: unfinished.length > 0, ...standing };
    const [verdict, detail] = judgeDelivery(facts);
    return { eventId, userId, verdict, detail };
  }

  /** At most one reaction to an event notifies. */
  private async reaction(eventId: string, type: string): Promise<Reaction | undefined> {
    const [found] = await this.database.query<Omit<Reaction, 'facts'>>(sql`
      SELECT r.name, i.state::text AS state, i.error, w.due_at AS "dueAt"
      FROM reactions r
      LEFT JOIN inbox i ON i.event_id = ${eventId}::uuid AND i.reaction = r.name
      LEFT JOIN reaction_waits w ON w.event_id = ${eventId}::uuid AND w.reaction = r.name
      WHERE r.event_type = ${type} AND r.name = ANY(${Object.keys(AUDIENCE_FACTS)}::text[]) LIMIT 1`);
    const facts = found && AUDIENCE_FACTS[found.name];
    return facts && { ...found, state: found.state ?? undefined, facts };
  }

  private async standing(userId: string, { type, companyId, membershipVersion, actorId }: Event) {
    const [found] = await this.database.query<Pick<DeliveryFacts, 'role' | 'hasSwitchedOff' | 'hasBlockedActor'>>(sql`
      SELECT
        (SELECT role::text FROM membership_periods
         WHERE company_id = ${companyId}::uuid AND user_id = ${userId}::uuid AND from_version <= ${membershipVersion}::int
           AND ${membershipVersion}::int < coalesce(to_version, 2147483647)) AS role,
        EXISTS (SELECT FROM preferences WHERE user_id = ${userId}::uuid AND channel = 'SOCKET' AND NOT enabled
          AND code = ANY(${codesOf(type)}::text[])) AS "hasSwitchedOff",
        EXISTS (SELECT FROM blocks WHERE blocker_id = ${userId}::uuid AND blocked_id = ${actorId}::uuid) AS "hasBlockedActor"`);
    return found ?? { role: null, hasSwitchedOff: false, hasBlockedActor: false };
  }
}

const codesOf = (type: string): string[] => Object.keys(findEvent(type)?.notifications ?? {});
