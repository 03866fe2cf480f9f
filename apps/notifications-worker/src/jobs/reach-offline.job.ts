import { Inject, Injectable } from '@nestjs/common';
import { DigestMailRequested } from '@convene/contracts/events/digest-mails-requested';
import { WebPushRequested } from '@convene/contracts/events/web-pushes-requested';
import { decideReach, type ReachDecision } from '@convene/domain/reach';
import {
  advancePositions,
  type NextLook,
  scheduleLooks,
  type Step,
  writeSteps,
} from '@convene/inbox/offline/decisions';
import {
  lockUnreached,
  pageOfUnreached,
  type Position,
  readUnreached,
  shortestOf,
  type UnreachedInbox,
  type UnreachedRow,
  type WaitingInbox,
  WINDOW,
} from '@convene/inbox/offline/unreached';
import type { Job } from '@convene/jobs/job';
import { type Append, type NewEvent, newEvent } from '@convene/messaging/outbox/append';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { Database } from '@convene/prisma/database/database';
import type { Queryable } from '@convene/prisma/database/queryable';
import { newId } from '@convene/prisma/ids';
import { WebPush } from '@convene/web-push/web-push';
import { OFFLINE_OPTIONS, type OfflineOptions } from '../offline/offline-options';

/** Users of one transaction, whose inboxes are locked until its commit. */
const PAGE = 100;

/** One channel of one user. */
interface Case extends Position {
  readonly head: bigint;
  readonly afterMs: number;
  /** Push subscriptions that get the push; empty for mail. */
  readonly subscriptions: readonly string[];
  /** Why the channel cannot reach the user at all. */
  readonly unreachable: string | undefined;
}

/**
 * Decides on pushes and digest mails for users who have not seen their notifications. The decisions, their reasons, the
 * events that send, and the position at which the next pass continues are one commit: no notification is sent for twice,
 * and none is skipped.
 *
 * Example: a user has `last_seq 12, mailed_seq 9`, and 11 was read on a device. One digest mail is requested about 10 and
 * 12, and `mailed_seq` becomes 12.
 */
@Injectable()
export class ReachOfflineJob implements Job {
  readonly name = 'reach-offline';
  readonly everyMs = 2_000;

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly webPush: WebPush,
    @Inject(OFFLINE_OPTIONS) private readonly options: OfflineOptions,
  ) {}

  /** @returns when the next inbox may be due: a later notification cannot be due sooner than the shorter of the delays. */
  async run(signal: AbortSignal): Promise<number> {
    let last: WaitingInbox | undefined;
    for (;;) {
      const page = await pageOfUnreached(this.database, this.options, last, PAGE);
      const due = page.filter(({ inMs }) => inMs <= 0);
      const userIds = due.map(({ userId }) => userId);
      if (userIds.length > 0) await this.outbox.transaction((tx, append) => this.reach(tx, append, userIds));
      if (last === undefined && due.length === 0)
        return Math.max(this.everyMs, Math.min(shortestOf(this.options), page[0]?.inMs ?? Infinity));
      if (due.length < PAGE || signal.aborted) return this.everyMs;
      last = due.at(-1);
    }
  }

  private async reach(tx: Queryable, append: Append, userIds: readonly string[]): Promise<void> {
    const inboxes = await lockUnreached(tx, userIds, this.options);
    const cases = inboxes.flatMap((inbox) => this.casesOf(inbox));
    const rows = byCase(cases.length > 0 ? await readUnreached(tx, cases) : []);
    const steps: Step[] = [];
    const decided: Position[] = [];
    const requests: NewEvent[] = [];
    const looks = new LooksToCome(inboxes);
    for (const one of cases) {
      const unreached = rows.get(keyOf(one)) ?? [];
      const reach = decideReach(unreached, headOf(one, unreached), one);
      steps.push(...stepsOf(one, unreached, reach));
      decided.push({ ...one, after: BigInt(reach.upTo) });
      requests.push(...requestsOf(one, reach));
      looks.add(one, unreached, reach);
    }
    await append.all(requests);
    await writeSteps(tx, steps);
    await advancePositions(tx, decided);
    await scheduleLooks(tx, looks.all, this.options);
  }

  /** The channels that are due. */
  private casesOf(inbox: UnreachedInbox): Case[] {
    const { userId, lastSeq: head, deleted, verified, subscriptions } = inbox;
    const pushless = this.webPush.configured ? subscriptions.length === 0 && 'no_subscription' : 'not_configured';
    const push = { userId, channel: 'WEB_PUSH' as const, after: inbox.pushedSeq, afterMs: this.options.pushAfterMs };
    const mail = { userId, channel: 'EMAIL' as const, after: inbox.mailedSeq, afterMs: this.options.digestAfterMs };
    const gone = deleted && 'account_deleted';
    return [
      ...(isDue(inbox.pushInMs) ? [{ ...push, head, subscriptions, unreachable: gone || pushless || undefined }] : []),
      ...(isDue(inbox.mailInMs)
        ? [{ ...mail, head, subscriptions: [], unreachable: gone || (!verified && 'unverified') || undefined }]
        : []),
    ];
  }
}

const isDue = (inMs: number | null): inMs is number => inMs !== null && inMs <= 0;

/** When each inbox is looked at next: as soon as one of its channels may be due. */
class LooksToCome {
  private readonly waits: Map<string, number[]>;

  /** @param inboxes Their channels that are not due yet count from the beginning. */
  constructor(inboxes: readonly UnreachedInbox[]) {
    const waiting = (inMs: number | null) => (inMs === null || isDue(inMs) ? [] : [inMs]);
    this.waits = new Map(
      inboxes.map(({ userId, pushInMs, mailInMs }) => [userId, [...waiting(pushInMs), ...waiting(mailInMs)]]),
    );
  }

  /** A channel that was due. The first row it has left for later decides, or, after a whole window, nothing delays it. */
  add({ userId, head, afterMs }: Case, rows: readonly UnreachedRow[], { upTo }: ReachDecision): void {
    if (BigInt(upTo) >= head) return;
    const left = rows.find(({ seq }) => seq > upTo);
    this.waits.get(userId)?.push(left ? Math.max(0, afterMs - left.ageMs) : 0);
  }

  get all(): NextLook[] {
    return [...this.waits].map(([userId, waits]) => ({ userId, inMs: waits.length > 0 ? Math.min(...waits) : null }));
  }
}

const keyOf = ({ userId, channel }: Pick<Position, 'userId' | 'channel'>) => `${userId} ${channel}`;

function byCase(rows: readonly UnreachedRow[]): Map<string, UnreachedRow[]> {
  const cases = new Map<string, UnreachedRow[]>();
  for (const row of rows) {
    const known = cases.get(keyOf(row));
    if (known) known.push(row);
    else cases.set(keyOf(row), [row]);
  }
  return cases;
}

/** The seq up to which this pass decides: a long inbox is decided one window at a time. */
function headOf({ head }: Case, rows: readonly UnreachedRow[]): number {
  return (rows.length === WINDOW ? rows.at(-1)?.seq : undefined) ?? Number(head);
}

function stepsOf({ userId, channel }: Case, rows: readonly UnreachedRow[], { send, withheld }: ReachDecision): Step[] {
  const reasons = new Map(withheld.map(({ seq, reason }) => [seq, reason]));
  const sent = new Set(send);
  const reached = channel === 'EMAIL' ? 'mailed' : 'pushed';
  return rows.flatMap(({ eventId, seq }): Step[] => {
    const reason = reasons.get(seq);
    const step = { id: newId(), eventId, userId, channel };
    if (reason !== undefined) return [{ ...step, step: 'withheld', reason }];
    return sent.has(seq) ? [{ ...step, step: reached, reason: null }] : [];
  });
}

/** One mail, or one push per subscription, so that each is retried alone. */
function requestsOf({ userId, channel, subscriptions }: Case, { send }: ReachDecision): NewEvent[] {
  const [fromSeq, toSeq] = [send[0], send.at(-1)];
  if (fromSeq === undefined || toSeq === undefined) return [];
  const [range, facts] = [{ userId, fromSeq, toSeq }, { actorId: null }];
  if (channel === 'EMAIL') return [newEvent(DigestMailRequested, range, facts)];
  return subscriptions.map((subscriptionId) => newEvent(WebPushRequested, { ...range, subscriptionId }, facts));
}
