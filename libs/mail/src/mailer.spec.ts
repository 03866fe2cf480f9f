import { tempDir } from '@convene/testing/temp-dir';
import { logger } from '@convene/observability/logger';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { Mailer } from './mailer';

const mail = {
  messageId: 'invite-1-0@convene',
  to: 'bo@example.com',
  subject: 'Ana invites you – às 9',
  text: 'the-token\n',
  html: '<p>the-token</p>',
};
const from = 'Convene <no-reply@convene.localhost>';

describe('without SMTP_URL', () => {
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

  it('cannot be led out of its folder by a Message-ID', async () => {
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

describe('with SMTP_URL', () => {
  let server: Server;
  let received = '';
  let refuse = false;

  beforeAll(async () => {
    server = createServer((socket) => {
      let inData = false;
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
        } else socket.write(refuse && text.startsWith('RCPT') ? '451 <bo@example.com> later\r\n' : '250 ok\r\n');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const open = () =>
    new Mailer({ smtpUrl: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, dir: '', from });

  it('hands the mail to the server', async () => {
    const mailer = open();
    await mailer.send(mail);
    expect(received).toContain('RCPT TO:<bo@example.com>');
    expect(received).toContain('Message-ID: <invite-1-0@convene>');
    mailer.onModuleDestroy();
  });

  it('fails when the server does not take it, so that the caller tries again, and names nobody', async () => {
    refuse = true;
    const mailer = open();
    const error = await mailer.send(mail).catch((reason: Error) => reason);
    expect(error?.message).toMatch(/451 <\[recipient\]> later/);
    expect(JSON.stringify(error)).not.toContain('bo@example.com');
    mailer.onModuleDestroy();
  });
});
