import { z } from 'zod';
import type { NotificationContract } from './notification-contract';

/** Where the hint that accompanies an event goes: the company's room, the actor's own devices, or nowhere. */
type RoomFrameTarget = 'company' | 'actor' | 'none';

/**
 * The contract of an event: its name, type, validation at both ends, and documentation.
 * `type` is also the routing key and the name of the socket event; `family` is its first segment.
 */
export interface EventContract<
  Type extends string = string,
  Payload extends z.ZodType = z.ZodType,
  Frame extends string = string,
  Notifications extends NotificationContracts = NotificationContracts,
> {
  readonly type: Type;
  readonly family: string;
  /** Internal events request work that must not be lost. The audit log, the catalogue and sockets leave them out. */
  readonly internal: boolean;
  readonly roomFrame: RoomFrameTarget;
  /** The payload's field with the user that the event is about, whose devices get the room frame too. */
  readonly subject: string | undefined;
  /** Facts in the room frame. Facts that are not listed leave the server in no frame. */
  readonly frame: readonly Frame[];
  /** Facts in the company's audit log for owners and admins. Facts that are not listed are not shown. */
  readonly audit: readonly string[];
  /** Flags of the payload: where one is true, the room frame does not go to that side. */
  readonly hiddenFrom: HiddenFrom<string>;
  /** Fields with a user's name or text, each with the field that holds the user's id: erased with the account. */
  readonly names: Readonly<Record<string, string>>;
  /**
   * Of an event that notifies no user: the durable name under which a worker forwards its room frame, once per event, without
   * a handler. The key in the tables `inbox` and `reactions`, as the name of any reaction is.
   */
  readonly announcement: string | undefined;
  readonly payload: Payload;
  /** The notifications that its reaction may write, by code. */
  readonly notifications: Notifications;
}

type NotificationContracts = Readonly<Record<string, NotificationContract>>;
// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- no codes: `keyof` it is never.
type NoNotifications = Record<never, never>;

/** The name of a fact that such a payload has. */
type Fact<Payload extends z.ZodType> = keyof z.infer<Payload> & string;

interface HiddenFrom<Name extends string> {
  readonly actor?: Name;
  readonly subject?: Name;
}

export interface EventOptions<
  Payload extends z.ZodType,
  Frame extends Fact<Payload>,
  Notifications extends NotificationContracts,
> {
  roomFrame?: RoomFrameTarget;
  subject?: Fact<Payload>;
  frame?: readonly Frame[];
  audit?: readonly Fact<Payload>[];
  hiddenFrom?: HiddenFrom<Fact<Payload>>;
  names?: Partial<Record<Fact<Payload>, Fact<Payload>>>;
  announcement?: string;
  notifications?: Notifications;
}

/** The fields of every event beside its payload. Facts and ids only: never rows, secrets or e-mail addresses. */
const EventHeader = z.object({
  /** UUIDv7, made by the writer; also the public id of its notifications. */
  id: z.uuid(),
  type: z.string(),
  occurredAt: z.iso.datetime(),
  actorId: z.uuid().nullable(),
  companyId: z.uuid().nullable(),
  /** The company's membership version, read in the event's transaction. It decides which members are entitled. */
  membershipVersion: z.int().nonnegative().nullable(),
});

type EventHeader = z.infer<typeof EventHeader>;
/** The codes of the notifications that an event may yield. */
export type CodeOf<C extends EventContract> = keyof C['notifications'] & string;
export type PayloadOf<C extends EventContract> = z.infer<C['payload']>;
/** The part of an event's payload that its room frame carries. */
export type FrameFactsOf<C extends EventContract> = Pick<PayloadOf<C>, C['frame'][number] & keyof PayloadOf<C>>;
export type EventOf<C extends EventContract> = EventHeader & {
  readonly type: C['type'];
  readonly payload: PayloadOf<C>;
};

const NAME = /^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$/;

function contract<
  Type extends string,
  Payload extends z.ZodType,
  Frame extends Fact<Payload>,
  Notifications extends NotificationContracts,
>(
  type: Type,
  payload: Payload,
  internal: boolean,
  options: EventOptions<Payload, Frame, Notifications>,
): EventContract<Type, Payload, Frame, Notifications> {
  if (!NAME.test(type)) {
    throw new Error(`Event name "${type}" must read <plural>.<past_participle>, in lower snake case`);
  }
  const { roomFrame = 'none', subject, frame = [], audit = [], hiddenFrom = {}, names = {}, announcement } = options;
  if (announcement !== undefined && roomFrame === 'none' && subject === undefined) {
    throw new Error(`${type} has an announcement, but no room frame to announce: set roomFrame or subject`);
  }
  const family = type.slice(0, type.indexOf('.'));
  const shown = { roomFrame, subject, frame, audit, hiddenFrom };
  const notifications = options.notifications ?? ({} as Notifications);
  return Object.freeze({ type, family, internal, ...shown, names, announcement, payload, notifications });
}

/**
 * Declares a domain event. A fact is shown only where `frame` or `audit` lists it.
 * @throws Error when the name is not `<plural>.<past_participle>`, or when there is no room frame for the announcement.
 */
export function defineEvent<
  Type extends string,
  Payload extends z.ZodType,
  const Frame extends Fact<Payload> = never,
  Notifications extends NotificationContracts = NoNotifications,
>(
  type: Type,
  payload: Payload,
  options: EventOptions<Payload, Frame, Notifications> = {},
): EventContract<Type, Payload, Frame, Notifications> {
  return contract(type, payload, false, options);
}

/** Declares an internal event: same outbox, relay and inbox; never audited, never shown. */
export function defineInternalEvent<Type extends string, Payload extends z.ZodType>(
  type: Type,
  payload: Payload,
): EventContract<Type, Payload, never, NoNotifications> {
  return contract(type, payload, true, {});
}

/** The facts of a payload that one of its contract's lists allows. */
export function allowedFacts(payload: object, allowed: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(payload).filter(([name]) => allowed.includes(name)));
}

/** The full schema of an event on the wire, for producers and consumers alike. */
export function envelopeOf<C extends EventContract>(event: C) {
  return EventHeader.extend({ type: z.literal(event.type), payload: event.payload });
}
