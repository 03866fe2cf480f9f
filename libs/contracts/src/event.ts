import { z } from 'zod';

/** Where the hint that accompanies an event goes: the company's room, the actor's own devices, or nowhere. */
export type RoomFrameTarget = 'company' | 'actor' | 'none';

/**
 * The one home of an event: it names it, types it, validates it at both ends and documents it.
 * `type` is also the routing key and the name of the socket event; `family` is its first segment.
 */
export interface EventContract<Type extends string = string, Payload extends z.ZodType = z.ZodType> {
  readonly type: Type;
  readonly family: string;
  /** Internal events are work that must not be lost and is nobody's news: kept out of audit, catalogue and sockets. */
  readonly internal: boolean;
  readonly roomFrame: RoomFrameTarget;
  /** The payload's field that names the user it happened to, whose own devices get the room frame too. */
  readonly subject: string | undefined;
  /** Fields that hold somebody's name or words, each with the field that says whose: erased with the account. */
  readonly names: Readonly<Record<string, string>>;
  readonly payload: Payload;
}

export interface EventOptions<Payload extends z.ZodType> {
  roomFrame?: RoomFrameTarget;
  subject?: keyof z.infer<Payload> & string;
  names?: Partial<Record<keyof z.infer<Payload> & string, keyof z.infer<Payload> & string>>;
}

/** What every event carries beside its payload. Facts and ids only: never rows, secrets or e-mail addresses. */
export const EventHeader = z.object({
  /** UUIDv7, made by the writer; also the public id of the notifications it yields. */
  id: z.uuid(),
  type: z.string(),
  occurredAt: z.iso.datetime(),
  actorId: z.uuid().nullable(),
  companyId: z.uuid().nullable(),
  /** The company's membership version read in the event's transaction: decides who was entitled. */
  membershipVersion: z.int().nonnegative().nullable(),
});

export type EventHeader = z.infer<typeof EventHeader>;
export type PayloadOf<C extends EventContract> = z.infer<C['payload']>;
export type EventOf<C extends EventContract> = EventHeader & {
  readonly type: C['type'];
  readonly payload: PayloadOf<C>;
};

const NAME = /^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$/;

function contract<Type extends string, Payload extends z.ZodType>(
  type: Type,
  payload: Payload,
  internal: boolean,
  { roomFrame = 'none', subject, names = {} }: EventOptions<Payload>,
): EventContract<Type, Payload> {
  if (!NAME.test(type)) {
    throw new Error(`Event name "${type}" must read <plural>.<past_participle>, in lower snake case`);
  }
  const family = type.slice(0, type.indexOf('.'));
  return Object.freeze({ type, family, internal, roomFrame, subject, names: names as Record<string, string>, payload });
}

/** Declares a domain event. @throws Error when the name is not `<plural>.<past_participle>`. */
export function defineEvent<Type extends string, Payload extends z.ZodType>(
  type: Type,
  payload: Payload,
  options: EventOptions<Payload> = {},
): EventContract<Type, Payload> {
  return contract(type, payload, false, options);
}

/** Declares an internal event: same outbox, relay and inbox; never audited, never shown. */
export function defineInternalEvent<Type extends string, Payload extends z.ZodType>(
  type: Type,
  payload: Payload,
): EventContract<Type, Payload> {
  return contract(type, payload, true, {});
}

/** The full schema of an event on the wire, for producers and consumers alike. */
export function envelopeOf<C extends EventContract>(event: C) {
  return EventHeader.extend({ type: z.literal(event.type), payload: event.payload });
}
