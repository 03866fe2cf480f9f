import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { logger } from '@convene/observability/logger';
import { tempDir } from '@convene/testing/temp-dir';
import { Mailer } from './mailer';

const mail = {
  messageId: 'invite-1-0@convene',
  to: 'bo@example.com',
  subject: 'Ana invites you – às 9',
  text: 'the-token\n',
  html: '<p>the-token</p>',
};
const from = 'Convene <no-reply@convene.localhost>';

describe('the mailer without SMTP_URL', () => {
  const dir = join(tempDir('mailer'), 'made', 'when-needed');
  const mailer = new Mailer({ smtpUrl: undefined, dir, from });

  it('writes one whole file per mail, however often it is sent', async () => {
    await Promise.all([mailer.send(mail), mailer.send(mail)]);
    expect(readdirSync(dir)).toEqual(['invite-1-0.eml']);
    const source = readFileSync(join(dir, 'invite-1-0.eml'), 'utf8');
    expect(source).toMatch(/^To: bo@example\.com\r$/m);
    expect(source).toMatch(/^Message-ID: <invite-1-0@convene>\r$/m);
    expect(source).toContain('multipart/alternative');
    expect(source).toContain('the-token');
  });

  it('cannot leave its folder through a Message-ID', async () => {
    await mailer.send({ ...mail, messageId: '../../evil@convene' });
    expect(readdirSync(dir)).toContain('.._.._evil.eml');
  });

  it('logs the path, never the address or the token', async () => {
    const info = jest.spyOn(logger, 'info').mockImplementation(() => undefined);
    await mailer.send(mail);
    expect(JSON.stringify(info.mock.calls)).toContain(join(dir, 'invite-1-0.eml'));
    expect(JSON.stringify(info.mock.calls)).not.toMatch(/bo@example|the-token/);
    info.mockRestore();
  });
});

describe('the mailer with SMTP_URL', () => {
  let server: Server;
  let received = '';
  let onRecipient = '250 ok';
  /** Accepts connections, and says nothing. */
  let silent = false;
  let connections = 0;
  let most = 0;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    server = createServer((socket) => {
      let inData = false;
      connections += 1;
      sockets.add(socket);
      most = Math.max(most, sockets.size);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      if (silent) return;
      socket.write('220 test\r\n');
      socket.on('data', (chunk) => {
        const text = chunk.toString();
        received += text;
        if (inData) {
          if (!text.endsWith('\r\n.\r\n')) return;
          inData = false;
          socket.write('250 taken\r\n');
        } else if (text.startsWith('DATA')) {
          inData = true;
          socket.write('354 go on\r\n');
        } else socket.write(`${text.startsWith('RCPT') ? onRecipient : '250 ok'}\r\n`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    [onRecipient, silent, connections, most] = ['250 ok', false, 0, 0];
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  const open = () =>
    new Mailer({ smtpUrl: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, dir: '', from, pauseMs: 200 });

  it('hands the mail to the server', async () => {
    const mailer = open();
    await mailer.send(mail);
    expect(received).toContain('RCPT TO:<bo@example.com>');
    expect(received).toContain('Message-ID: <invite-1-0@convene>');
    mailer.onModuleDestroy();
  });

  it('fails permanently when the server refuses the mail, without an address in the error', async () => {
    onRecipient = '550 <bo@example.com> no such mailbox';
    const mailer = open();
    const error = await mailer.send(mail).catch((reason: Error) => reason);
    expect(error?.message).toMatch(/550 <\[recipient\]> no such mailbox/);
    expect(error).not.toHaveProperty('transient');
    expect(JSON.stringify(error)).not.toContain('bo@example.com');
    mailer.onModuleDestroy();
  });

  it('fails temporarily when the server refuses the mail for now, and sends other mails', async () => {
    onRecipient = '451 <bo@example.com> later';
    const mailer = open();
    for (let n = 0; n < 6; n++) {
      await expect(mailer.send(mail)).rejects.toMatchObject({
        transient: true,
        message: expect.not.stringContaining('bo@'),
      });
    }
    onRecipient = '250 ok';
    await mailer.send(mail);
    mailer.onModuleDestroy();
  });

  it('waits two seconds for a silent server, on five connections, then stops calling it until it is back', async () => {
    silent = true;
    const mailer = open();
    const started = performance.now();
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => mailer.send(mail)));
    // Fifty mails, five at a time, would take twenty seconds.
    expect(performance.now() - started).toBeLessThan(12_000);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: { transient: true } });
    expect(most).toBeLessThanOrEqual(5);
    expect(connections).toBeLessThanOrEqual(10);

    silent = false;
    while (
      !(await mailer.send(mail).then(
        () => true,
        () => false,
      ))
    )
      await new Promise((resolve) => setTimeout(resolve, 20));
    await Promise.all(Array.from({ length: 50 }, () => mailer.send(mail)));
    expect(most).toBeLessThanOrEqual(5);
    mailer.onModuleDestroy();
  });

  it('fails temporarily without a server', async () => {
    const mailer = new Mailer({ smtpUrl: 'smtp://127.0.0.1:9', dir: '', from });
    await expect(mailer.send(mail)).rejects.toMatchObject({ transient: true });
    mailer.onModuleDestroy();
  });
});
