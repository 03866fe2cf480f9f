import { EventPattern } from '@nestjs/microservices';
import type { CodeOf, EventContract, EventOf } from '@convene/contracts/event';
import { type NotificationCode, type NotificationParams, NOTIFICATIONS } from '@convene/contracts/notification-codes';
import type { Role } from '@convene/contracts/role';
import type { NotificationDraft } from '@convene/inbox/audience/draft';

/**
 * The guarantee of a reaction:
 * - `exactly-once` (the default): the handler only returns whom to notify; ledger row and notifications are one statement.
 * - `at-least-once`: the handler has an effect outside PostgreSQL (a mail); a crash between it and its ledger row repeats it.
 * - `self-recorded`: the handler writes its own ledger row, in one transaction with all it does to PostgreSQL; a redelivery
 *   runs it again, and it finds that.
 * - `transient`: not recorded; lost work is found elsewhere (frames, which gateways compare).
 */
export type Guarantee = 'exactly-once' | 'at-least-once' | 'self-recorded' | 'transient';

interface Audience {
  /** Nulls are left out, so that a fact that may be absent can be given as it is. */
  readonly users?: readonly (string | null)[];
  /** Who held one of these roles in the event's company when the event was committed. */
  readonly roles?: readonly Role[];
  readonly except?: readonly (string | null)[];
  /** Of them, only who held a role, whichever, in the event's company when the event was committed. */
  readonly onlyMembers?: boolean;
}

const present = (ids: readonly (string | null)[] = []) => ids.filter((id) => id !== null);

type DraftOf<Code extends string> = NotificationDraft & { readonly code: Code };

/** A notification for an audience. The actor of the event is never in it. */
export function notify<Code extends NotificationCode>(
  to: Audience,
  code: Code,
  params: NotificationParams<Code>,
): DraftOf<Code> {
  const { personal } = NOTIFICATIONS[code];
  const { onlyMembers = false } = to;
  const audience = { users: present(to.users), roles: to.roles ?? [], except: present(to.except), onlyMembers };
  return { ...audience, code, params, personal };
}

/** The options of a handler, carried to the transport in the pattern's extras. */
export interface ReactionExtras {
  readonly reaction: string;
  readonly guarantee: Guarantee;
}

type HandlerOf<C extends EventContract, Result> = (event: EventOf<C>) => Result | Promise<Result>;
type Decorate<Handler> = <T extends Handler>(
  target: object,
  key: string,
  descriptor: TypedPropertyDescriptor<T>,
) => void;

/**
 * Makes a controller's method a reaction to an event; queue, retry, inbox, dead letters, metrics and trace come with it.
 *
 * A handler may notify only with codes that the event's contract declares.
 *
 * @param name durable: the key in the tables `inbox` and `reactions`, and in messages that wait for a retry. Under another
 * name it is a new reaction, which does not see the events of the past.
 */
export function OnEvent<C extends EventContract>(event: C, name: string): Decorate<HandlerOf<C, DraftOf<CodeOf<C>>[]>>;
export function OnEvent<C extends EventContract>(
  event: C,
  name: string,
  options: { guarantee: 'at-least-once' | 'self-recorded' | 'transient' },
): Decorate<HandlerOf<C, void>>;
export function OnEvent(event: EventContract, name: string, options?: { guarantee: Guarantee }): MethodDecorator {
  const extras: ReactionExtras = { reaction: name, guarantee: options?.guarantee ?? 'exactly-once' };
  return EventPattern(event.type, extras);
}
