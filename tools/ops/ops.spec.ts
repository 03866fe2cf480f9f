import { MessagingHarness } from '@convene/messaging/test-support/messaging-harness';
import { OperationsHarness } from '@convene/operations/test-support/operations-harness';
import { newId } from '@convene/prisma/ids';
import { runOps } from './program';

let servers: MessagingHarness;
let api: OperationsHarness;
beforeAll(async () => {
  servers = await MessagingHarness.create();
  api = await OperationsHarness.start(servers.database.url, servers.rabbitmqUrl);
});
afterAll(async () => {
  await api.close();
  await servers.close();
});

async function ops(args: string[], env: NodeJS.ProcessEnv = api.env) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await runOps(args, { env, out: (text) => void out.push(text), err: (text) => void err.push(text) });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const REASON = ['--reason', 'her phone was stolen'];

describe('npm run ops', () => {
  it('prints a table for people, and JSON for programs', async () => {
    const table = await ops(['queues']);
    expect(table).toMatchObject({ code: 0, err: '' });
    expect(table.out).toMatch(/^QUEUE +READY +CONSUMERS .*\nevents\.invites +[\d-]+ /);
    const { out } = await ops(['queues', '--json']);
    expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ queue: 'events.invites', dead: 0 }));
    expect((await ops(['dlq', 'list'])).out).toBe('Nothing is dead.');
    expect((await ops(['drain'])).out).toBe('No ws-gateway has reported.');
    expect((await ops(['outbox'])).out).toMatch(/total +0 /);
  });

  it('verifies, and tells by its exit code what it found', async () => {
    const userId = await servers.user('cy');
    expect(await ops(['verify'])).toEqual({
      code: 0,
      err: '',
      out: expect.stringMatching(/^\d+ events \(primary\) and \d+ inboxes \(primary\) examined, 0 defects$/),
    });
    await servers.prisma.inboxCounter.create({ data: { userId, unreadCount: 3 } });
    const { code, out } = await ops(['verify', '--check', 'inboxes', '--limit', '1']);
    expect(code).toBe(8);
    expect(out).toMatch(/^CRITICAL +counter_wrong +- +\S+ +unread_count is 3, and 0 rows are unread$/m);
    await servers.prisma.inboxCounter.delete({ where: { userId } });
  });

  it('traces an event, with the number of its notifications', async () => {
    const [first, second] = [await servers.user('di'), await servers.user('ed')];
    const id = newId();
    const event = { id, type: 'companies.deleted', payload: {}, publishedAt: new Date() };
    await servers.prisma.domainEvent.create({ data: event });
    for (const recipientUserId of [first, second]) {
      const row = { eventId: id, recipientUserId, seq: 1, code: 'COMPANY_DELETED', params: {} };
      await servers.prisma.notification.create({
        data: { ...row, readAt: recipientUserId === first ? new Date() : null },
      });
    }
    const { code, out } = await ops(['trace', id]);
    expect(code).toBe(0);
    expect(out).toMatch(/^companies\.deleted at /);
    expect(out).toMatch(/^notifications: 2; 1 read, 0 archived, 0 deleted$/m);
    await servers.prisma.notification.deleteMany();
  });

  it('shows partitions, and sends the notifications of an event again only when told to', async () => {
    expect((await ops(['partitions'])).out).toMatch(
      /^domain_events +\d+ +\d{4}-\d\d +\d{4}-\d\d .*\n(.*\n)+coming months/m,
    );
    const id = newId();
    await servers.prisma.domainEvent.create({
      data: { id, type: 'companies.deleted', payload: {}, publishedAt: new Date() },
    });
    const dry = await ops(['resend', id]);
    expect(dry).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^0 notifications would be sent again\nA dry run/),
    });
    expect((await ops(['resend', id, '--apply'])).err).toContain('--apply needs --reason');
    expect((await ops(['resend', id, '--apply', ...REASON])).out).toMatch(/^resend .*: done, 0 sent\nrecorded as act/);
  });

  it('makes a token that the API takes, within its role', async () => {
    const { out } = await ops(['token', '--name', 'eve', '--role', 'viewer']);
    const env = { OPS_URL: api.url, OPS_TOKEN: out };
    expect((await ops(['queues'], env)).code).toBe(0);
    expect(await ops(['sessions', 'revoke', newId(), ...REASON], env)).toMatchObject({
      code: 3,
      err: expect.stringContaining('FORBIDDEN: This needs the role operator'),
    });
  });

  it('acts under a name, and prints the record of it', async () => {
    const userId = await servers.user('bo');
    const { code, out } = await ops(['sessions', 'revoke', userId, ...REASON]);
    expect(code).toBe(0);
    expect(out).toMatch(/^sessions revoke .*: done, 1 ended\nrecorded as act [0-9a-f-]{36}$/);
    expect(await servers.prisma.operatorAct.findMany({ where: { command: 'sessions revoke' } })).toMatchObject([
      { operator: 'ana', reason: REASON[1] },
    ]);
  });

  it.each<[string, string[], NodeJS.ProcessEnv | undefined, number, RegExp]>([
    ['an unknown command', ['reboot'], undefined, 2, /unknown command 'reboot'/],
    ['an act without a reason', ['sessions', 'revoke', newId()], undefined, 2, /--reason <why>' not specified/],
    ['a reason that says nothing', ['sessions', 'revoke', newId(), '--reason', '.'], undefined, 2, /reason: say why/],
    ['a filter that is no time', ['dlq', 'list', '--since', 'noon'], undefined, 2, /VALIDATION_FAILED: since/],
    [
      'a role that is none',
      ['token', '--name', 'a', '--role', 'root'],
      undefined,
      2,
      /Allowed choices are viewer, operator/,
    ],
    ['a name that is none', ['token', '--name', 'a b', '--role', 'viewer'], undefined, 2, /expected 1 to 64 letters/],
    [
      'a life that is too long',
      ['token', '--name', 'a', '--role', 'viewer', '--minutes', '481'],
      undefined,
      2,
      /1 to 480/,
    ],
    ['a check that is none', ['verify', '--check', 'all'], undefined, 2, /VALIDATION_FAILED: check/],
    ['a secret that is too short', ['queues'], { OPS_SECRET: 'x' }, 2, /OPS_SECRET: expected a secret/],
    ['a URL that is none', ['queues'], { OPS_URL: 'here' }, 2, /OPS_URL: expected http/],
    ['a token of somebody else', ['queues'], { OPS_TOKEN: 'x.y.z' }, 3, /UNAUTHENTICATED: An operator token is needed/],
    ['a user who never was', ['sessions', 'revoke', newId(), ...REASON], undefined, 4, /NOT_FOUND: There is no user/],
    ['a dead letter that is none', ['dlq', 'show', newId()], undefined, 4, /NOT_FOUND: Nothing is dead/],
    ['an event that never was', ['resend', newId(), '--apply', ...REASON], undefined, 4, /NOT_FOUND: There is no/],
    ['a gateway that is none', ['drain', 'nowhere'], undefined, 4, /No ws-gateway nowhere has reported/],
    ['a drain of no gateway', ['drain', '--apply'], undefined, 2, /--apply needs a gateway/],
    ['an API that is not there', ['queues'], { OPS_URL: 'http://127.0.0.1:9' }, 5, /does not answer .*OPS_URL/],
  ])('refuses %s with one clear sentence and its exit code', async (_what, args, env, code, sentence) => {
    const answer = await ops(args, { ...api.env, ...env });
    expect({ code: answer.code, err: answer.err }).toEqual({ code, err: expect.stringMatching(sentence) });
    expect(answer.err).not.toMatch(/\n +at /);
  });
});
