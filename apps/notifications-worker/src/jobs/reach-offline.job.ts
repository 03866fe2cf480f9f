import { Inject, Injectable } from '@nestjs/common';
import { DigestMailRequested } from '@convene/contracts/events/digest-mails-requested';
import { WebPushRequested } from '@convene/contracts/events/web-pushes-requested';
import { decideReach, type ReachDecision } from '@convene/domain/reach';
import { advancePositions, type Step, writeSteps } from '@convene/inbox/offline/decisions';
import {
  type Due,
  lockDue,
  pageOfUnreached,
  type Position,
  readUnreached,
  type UnreachedRow,
  WINDOW,
} from '@convene/inbox/offline/unreached';
import type { Job } from '@convene/jobs/job';
import { type Append, type NewEvent, newEvent, Outbox } from '@convene/messaging/outbox/outbox';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import type { Tx } from '@convene/prisma/transaction';
import { WebPush } from '@convene/web-push/web-push';
import { OFFLINE_OPTIONS, type OfflineOptions } from '../offline/offline-options';

/** Users of one transaction, whose inboxes are locked until its commit. */
const PAGE = 100;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

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
    private readonly prisma: PrismaService,
    private readonly outbox: Outbox,
    private readonly webPush: WebPush,
    @Inject(OFFLINE_OPTIONS) private readonly options: OfflineOptions,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    let page: string[] = [];
    do {
      const users = await pageOfUnreached(this.prisma, page.at(-1) ?? BEFORE_ALL, PAGE);
      if (users.length > 0) await this.outbox.transaction((tx, append) => this.reach(tx, append, users));
      page = users;
    } while (page.length === PAGE && !signal.aborted);
  }

  private async reach(tx: Tx, append: Append, userIds: readonly string[]): Promise<void> {
    const due = await lockDue(tx, userIds, this.options);
    const cases = due.flatMap((user) => this.casesOf(user));
    if (cases.length === 0) return;
    const rows = byCase(await readUnreached(tx, cases));
    const steps: Step[] = [];
    const decided: Position[] = [];
    const requests: NewEvent[] = [];
    for (const one of cases) {
      const unreached = rows.get(keyOf(one)) ?? [];
      const reach = decideReach(unreached, headOf(one, unreached), one);
      steps.push(...stepsOf(one, unreached, reach));
      decided.push({ ...one, after: BigInt(reach.upTo) });
      requests.push(...requestsOf(one, reach));
    }
    await append.all(requests);
    await writeSteps(tx, steps);
    await advancePositions(tx, decided);
  }

  private casesOf(user: Due): Case[] {
    const { userId, lastSeq: head, deleted, verified, subscriptions } = user;
    const pushless = this.webPush.configured ? subscriptions.length === 0 && 'no_subscription' : 'not_configured';
    const push = { userId, channel: 'WEB_PUSH' as const, after: user.pushedSeq, afterMs: this.options.pushAfterMs };
    const mail = { userId, channel: 'EMAIL' as const, after: user.mailedSeq, afterMs: this.options.digestAfterMs };
    const gone = deleted && 'account_deleted';
    return [
      ...(user.pushDue ? [{ ...push, head, subscriptions, unreachable: gone || pushless || undefined }] : []),
      ...(user.mailDue
        ? [{ ...mail, head, subscriptions: [], unreachable: gone || (!verified && 'unverified') || undefined }]
        : []),
    ];
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
