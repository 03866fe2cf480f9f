import type { WhyVerdict } from '@convene/contracts/ops/why';
import type { AudienceFacts } from '../verify/audience-facts';

/** What PostgreSQL knows of an event and a user. */
export interface DeliveryFacts {
  readonly event: {
    readonly type: string;
    readonly payload: Readonly<Record<string, unknown>>;
    readonly actorId: string | null;
    readonly companyId: string | null;
    readonly membershipVersion: number | null;
    readonly isPublished: boolean;
    /** By its contract. */
    readonly notifies: boolean;
  };
  readonly userId: string;
  /** Undefined when there is no such user. */
  readonly user: { readonly isDeleted: boolean } | undefined;
  readonly row:
    { readonly seq: number; readonly silent: boolean; readonly isDeleted: boolean; readonly at: Date } | undefined;
  /** The reaction that notifies of it, with its state in the ledger; undefined when none does. */
  readonly reaction:
    | {
        readonly name: string;
        readonly facts: AudienceFacts;
        readonly state: 'done' | 'dead' | 'discarded' | undefined;
        readonly error: string | null;
        /** When its next attempt is due, if it waits for one. */
        readonly dueAt: Date | null;
      }
    | undefined;
  /** Chunks of a large audience are still to come. */
  readonly isBeingWritten: boolean;
  /** At the version of the event. */
  readonly role: string | null;
  /** As set now: what was set then is not recorded. */
  readonly hasSwitchedOff: boolean;
  readonly hasBlockedActor: boolean;
}

type Judgement = readonly [verdict: WhyVerdict, detail: string];

/** The first reason that applies, in the order in which a notification comes to be. */
export function judgeDelivery(facts: DeliveryFacts): Judgement {
  const { event, userId, user, row, reaction } = facts;
  if (row) return received(row);
  if (!user) return ['no such user', 'Compare the id with that in the event'];
  if (user.isDeleted) return ['account deleted', 'Deleted accounts receive nothing, and what they had is gone'];
  if (!reaction && !event.notifies) return ['notifies nobody', `By its contract, ${event.type} notifies no user`];
  if (!reaction)
    return [
      'unexplained',
      `Whom ${event.type} addresses is not stated in audience-facts.ts, or no worker reacts to it`,
    ];
  if (event.actorId === userId) return ['the actor', 'An actor is never notified of their own act'];
  const excluded = notMeant(facts, reaction.facts);
  if (excluded) return excluded;
  if (!event.isPublished) return ['in the outbox', 'It is committed and not published yet: see "ops outbox"'];
  const unfinished = notOver(reaction);
  if (unfinished) return unfinished;
  if (facts.isBeingWritten) return ['being written', 'Its audience is large, and is written in chunks'];
  if (facts.hasSwitchedOff) return ['switched off', 'The user has this code off for the inbox, as set now'];
  if (reaction.facts.personal && facts.hasBlockedActor)
    return ['blocked', 'The user has blocked the actor, as set now'];
  return ['unexplained', `${reaction.name} is done, and the user was entitled: "ops verify" says more`];
}

function received({ seq, silent, isDeleted, at }: NonNullable<DeliveryFacts['row']>): Judgement {
  const where = `seq ${seq}, written at ${at.toISOString()}`;
  if (isDeleted) return ['deleted', `${where}; the user has deleted it since`];
  return silent ? ['received silently', `${where}, in quiet hours`] : ['received', where];
}

function notOver({ name, state, error, dueAt }: NonNullable<DeliveryFacts['reaction']>): Judgement | undefined {
  if (state === 'done') return undefined;
  if (state === 'dead') return ['dead', `${name} was given up: ${error ?? 'no error is recorded'}`];
  if (state === 'discarded') return ['discarded', `${name} was discarded by an operator`];
  return ['waiting', dueAt ? `${name} is tried again at ${dueAt.toISOString()}` : `${name} has not run yet`];
}

function notMeant({ event, userId, role }: DeliveryFacts, facts: AudienceFacts): Judgement | undefined {
  const named = (facts.users ?? []).some((field) => idsIn(event.payload[field]).includes(userId));
  // A message to users names all its recipients.
  const byRole = facts.roles !== undefined && event.payload['audience'] !== 'users';
  const version = `at version ${event.membershipVersion ?? 0} of the company`;
  if (named && facts.unless !== undefined && event.payload[facts.unless] === true) {
    return ['withheld', 'The user has blocked the actor, or refused them not long before'];
  }
  if (named) {
    return facts.onlyMembers && role === null ? ['not entitled', `The user was no member ${version}`] : undefined;
  }
  if (!byRole) return ['not addressed', 'The event is about others'];
  if (role === null) return ['not entitled', `The user was no member ${version}`];
  if (!facts.roles?.some((each) => each === role)) return ['not entitled', `The user was ${role} ${version}`];
  const excepted = (facts.except ?? []).some((field) => idsIn(event.payload[field]).includes(userId));
  return excepted ? ['not addressed', 'The user hears of it by another event'] : undefined;
}

const idsIn = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
