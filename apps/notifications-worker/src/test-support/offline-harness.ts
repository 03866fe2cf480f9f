import { createECDH } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventOf } from '@convene/contracts/event';
import { DigestMailRequested } from '@convene/contracts/events/digest-mails-requested';
import { WebPushRequested } from '@convene/contracts/events/web-pushes-requested';
import { Mailer } from '@convene/mail/mailer';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { insertNotifications, type TestNotification } from '@convene/testing/insert-notifications';
import { tempDir } from '@convene/testing/temp-dir';
import { WebPush } from '@convene/web-push/web-push';
import { ReachOfflineJob } from '../jobs/reach-offline.job';
import { FailingSubscriptions } from '../offline/failing-subscriptions';
import type { OfflineOptions } from '../offline/offline-options';
import { SendDigestMail } from '../reactions/send-digest-mail';
import { SendWebPush } from '../reactions/send-web-push';

const OPTIONS: OfflineOptions = {
  pushAfterMs: 10_000,
  digestAfterMs: 60_000,
  digestEveryMs: 60_000,
  publicUrl: 'https://app.example',
};

/** The job and the reactions that reach offline users, on a database and a folder of mails. */
export class OfflineHarness {
  readonly webPush: WebPush;
  private readonly mails = tempDir('digest');
  private readonly mailer = new Mailer({ smtpUrl: undefined, dir: this.mails, from: 'Convene <x@example.com>' });
  private readonly sendDigest: SendDigestMail;
  private readonly sendPush: SendWebPush;

  constructor(
    readonly prisma: PrismaService,
    /** Under the role of the worker. */
    private readonly db: Database,
    { webPush = true } = {},
  ) {
    const ecdh = createECDH('prime256v1');
    ecdh.generateKeys();
    this.webPush = new WebPush({
      publicKey: webPush ? ecdh.getPublicKey('base64url') : undefined,
      privateKey: webPush ? ecdh.getPrivateKey('base64url') : undefined,
      subject: 'mailto:operator@example.com',
      allowAny: true,
      allowedHosts: [],
      pauseMs: 200,
    });
    this.sendDigest = new SendDigestMail(this.db, this.mailer, OPTIONS);
    this.sendPush = new SendWebPush(this.db, this.webPush, new FailingSubscriptions(this.db));
  }

  job(over: Partial<OfflineOptions> = {}): ReachOfflineJob {
    return new ReachOfflineJob(this.db, new Outbox(this.db), this.webPush, {
      ...OPTIONS,
      ...over,
    });
  }

  /** Lets all unreached inboxes have waited for long, as long as their notifications say. */
  async timePasses(): Promise<void> {
    await this.prisma.unreachedInbox.updateMany({ data: { waitingSince: new Date(0) } });
  }

  /** One pass of the job over all unreached inboxes. @returns the events it wrote. */
  async pass(over: Partial<OfflineOptions> = {}) {
    await this.timePasses();
    const [{ since }] = await this.prisma.$queryRaw<[{ since: string }]>`SELECT next_event_id()::text AS since`;
    await this.job(over).run(new AbortController().signal);
    const events = await this.prisma.domainEvent.findMany({
      where: { id: { gt: since } },
      orderBy: { id: 'asc' },
    });
    return events.map(({ id, type, payload, internal }) => ({ id, type, payload, internal }));
  }

  /** Runs the reactions of the worker to such events. */
  async react(events: readonly { type: string; payload: unknown; occurredAt?: string }[]): Promise<void> {
    for (const given of events) {
      const event = { occurredAt: new Date().toISOString(), ...given };
      if (event.type === DigestMailRequested.type) {
        await this.sendDigest.sendDigestMail(event as EventOf<typeof DigestMailRequested>);
      } else if (event.type === WebPushRequested.type) {
        await this.sendPush.sendWebPush(event as EventOf<typeof WebPushRequested>);
      }
    }
  }

  /** @returns names and sources of the mails so far. */
  mailsOf(userId: string): { name: string; source: string }[] {
    const names = readdirSync(this.mails).filter((name) => name.includes(userId));
    return names.sort().map((name) => ({ name, source: readFileSync(join(this.mails, name), 'utf8') }));
  }

  async person({ verified = true, timeZone = 'UTC' } = {}): Promise<string> {
    const id = newId();
    const email = `${id}@example.com`;
    const emailVerifiedAt = verified ? new Date() : null;
    const user = { id, email, emailVerifiedAt, passwordHash: '-', displayName: 'Bo', timeZone };
    await this.prisma.user.create({ data: user });
    return id;
  }

  /** Inserts one notification per age in seconds, oldest first. @returns their ids. */
  async notify(userId: string, ages: readonly number[], given: TestNotification = {}): Promise<string[]> {
    const frames = await insertNotifications(this.prisma, userId, ages.length, (index) => ({
      createdAt: new Date(Date.now() - Number(ages[index]) * 1_000),
      params: { companyName: `Acme ${index}` },
      ...given,
    }));
    return frames.map(({ id }) => id);
  }

  async device(userId: string, ackedSeq: number): Promise<void> {
    await this.prisma.session.create({ data: { id: newId(), userId, expiresAt: new Date(), ackedSeq } });
  }

  /** Lines such as `withheld EMAIL muted`, in order of notification and channel. */
  async steps(eventIds: readonly string[]): Promise<string[]> {
    const rows = await this.prisma.notificationStep.findMany({ where: { eventId: { in: [...eventIds] } } });
    const lines = rows.map(({ eventId, step, channel, reason }) => ({
      at: eventIds.indexOf(eventId),
      line: [step, channel, reason].filter(Boolean).join(' '),
    }));
    return lines.sort((a, b) => a.at - b.at || (a.line < b.line ? -1 : 1)).map(({ line }) => line);
  }
}
