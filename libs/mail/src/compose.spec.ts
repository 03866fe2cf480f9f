import { createTransport } from 'nodemailer';
import { compose } from './compose';

const FROM = 'Convene <no-reply@convene.localhost>';
const LONG = 'https://convene.localhost/invites/'.padEnd(130, 'x');

/** The head and the decoded texts of a multipart mail, whatever its boundary, date and encodings. */
function read(source: string) {
  const [, boundary = ''] = /boundary="([^"]+)"/.exec(source) ?? [];
  const [head = '', ...parts] = source.replace(/^Date: .*$/m, 'Date').split(`--${boundary}`);
  const texts = parts.slice(0, -1).map((part) => {
    const [, type, encoding, content = ''] =
      /^\r\nContent-Type: (.+)\r\nContent-Transfer-Encoding: (.+)\r\n\r\n([^]*)\r\n$/.exec(part) ?? [];
    return { type, text: decoded(content, encoding).trimEnd() };
  });
  return { head: head.replace(boundary, 'boundary').trimEnd(), texts };
}

function decoded(content: string, encoding: string | undefined): string {
  if (encoding === '7bit') return content;
  if (encoding === 'base64') return Buffer.from(content, 'base64').toString().replaceAll(/\r?\n/g, '\r\n');
  const bytes = content
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

it.each([
  ['of short lines', 'Ana invites you', 'Answer here:\n\nBye\n', '<p>Answer</p>\n'],
  ['with long lines', 'Ana invites you', `Answer here:\n${LONG}\n`, `<p><a href="${LONG}">Answer</a></p>\n`],
  ['in any script', 'Zoë 邀请您 – às 9 👋', 'Olá, Zoë 👋\n', '<p>您好 = é</p>\n'],
  ['with dots, and spaces at the ends of lines', 'Dots', '.\n..a line \t\n', '<p> </p> \n.\n'],
  ['that tries to add a header', 'Hi\r\nBcc: eve@example.com', 'Hi\r\nthere\n', '<p>Hi</p>'],
])("a mail %s says what nodemailer's own composer says", async (_, subject, text, html) => {
  const mail = { messageId: 'invite-1-0@convene', to: 'bo@example.com', subject, text, html };
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const { message, envelope } = await composer.sendMail({
    ...mail,
    from: FROM,
    messageId: `<${mail.messageId}>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  });
  const ours = compose(mail, FROM);
  expect(read(ours.source)).toEqual(read((message as Buffer).toString()));
  expect(read(ours.source).texts).toHaveLength(2);
  expect(ours.envelope).toEqual(envelope);
  expect(ours.source).not.toMatch(/^Bcc:|[^\r]\n/m);
  expect(Math.max(...ours.source.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78);
});
