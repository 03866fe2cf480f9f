import { z } from 'zod';
import { NOTIFICATIONS } from '@convene/contracts/notification-codes';
import { digestMail } from './digest-mail';
import { notificationLine } from './notification-line';

const publicUrl = 'https://app.example';
const message = (text: string) => ({ code: 'MESSAGE', params: { senderName: 'Ana', companyName: 'Acme', text } });
const mail = (...notifications: { code: string; params: unknown }[]) =>
  digestMail({ publicUrl, displayName: 'Bo', notifications });

it('a digest mail lists each notification on its own line, with a link to all', () => {
  const { subject, text, html } = mail(message('Lunch?'), { code: 'COMPANY_DELETED', params: { companyName: 'Acme' } });
  expect(subject).toBe('You have 2 new notifications');
  expect(text.split('\n')).toEqual(
    expect.arrayContaining([
      'Hello Bo,',
      '- Ana (Acme): Lunch?',
      '- Acme was deleted.',
      'https://app.example/notifications',
    ]),
  );
  expect(html).toContain('href="https://app.example/notifications"');
});

it('a digest mail with one notification states it in the subject, on one line, whatever its text contains', () => {
  const { subject, html } = mail(message('<b>hi</b>\r\nBcc: x@example.com'));
  expect(subject).toBe('Ana (Acme): <b>hi</b> Bcc: x@example.com');
  expect(html).toContain('&lt;b&gt;hi&lt;/b&gt; Bcc');
});

it('a digest mail has a bounded length', () => {
  const { text } = mail(...Array.from({ length: 50 }, () => message('x'.repeat(4000))));
  expect(text).toContain('And 30 more.');
  expect(text.length).toBeLessThan(6_000);
});

it.each(Object.entries(NOTIFICATIONS))(
  'a digest mail has a text for %s, with its name if it has one',
  (code, { params }) => {
    const { properties = {} } = z.toJSONSchema(params);
    const sample = ([name, schema]: [string, unknown]) => {
      const { format, $ref } = schema as { format?: string; $ref?: string };
      return [name, format === 'uuid' ? ID : $ref ? 'ADMIN' : 'Bo'];
    };
    const line = notificationLine(code, Object.fromEntries(Object.entries(properties).map(sample)));
    expect(line).not.toBe(notificationLine('LATER', {}));
    if (Object.keys(properties).some((name) => name.endsWith('Name'))) expect(line).toContain('Bo');
  },
);

it('a digest mail has a text for an unknown code', () => {
  for (const [code, params] of [
    ['LATER', {}],
    ['MESSAGE', { text: 1 }],
    ['toString', {}],
  ] as const) {
    expect(notificationLine(code, params)).toBe('Something new is in your inbox.');
  }
});

const ID = '00000000-0000-7000-8000-000000000001';
