import { parseEnv } from '@convene/config/env';
import { ApiHarness } from '../test-support/api-harness';
import { SECURITY_TXT_ENV } from './security-txt-env';

const PATH = '/.well-known/security.txt';

const read = async (env: Record<string, string>) => {
  const api = await ApiHarness.start(env);
  try {
    return await api.app.inject({ method: 'GET', url: PATH });
  } finally {
    await api.stop();
  }
};

it('security.txt has the contacts in order, and their expiry', async () => {
  const SECURITY_CONTACT = 'mailto:security@example.com, https://example.com/report';
  const answer = await read({ SECURITY_CONTACT, SECURITY_CONTACT_EXPIRES: '2027-06-30' });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(answer.body).toBe(
    [
      'Contact: mailto:security@example.com',
      'Contact: https://example.com/report',
      'Expires: 2027-06-30T00:00:00.000Z',
      'Preferred-Languages: en',
      '',
    ].join('\n'),
  );
});

it('without a contact there is no security.txt, and the refusal is a problem', async () => {
  const answer = await read({});
  expect(answer.statusCode).toBe(404);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(answer.json()).toMatchObject({ code: 'NOT_FOUND' });
});

it('a contact needs a form that RFC 9116 knows, and an expiry', () => {
  const parse = (source: Record<string, string>) => () => parseEnv(SECURITY_TXT_ENV, source);
  expect(parse({ SECURITY_CONTACT: 'security@example.com', SECURITY_CONTACT_EXPIRES: '2027-06-30' })).toThrow(
    'SECURITY_CONTACT: expected where vulnerabilities are reported',
  );
  expect(parse({ SECURITY_CONTACT: 'mailto:a@b.c' })).toThrow(
    'SECURITY_CONTACT_EXPIRES: is not set; expected the date',
  );
  expect(parse({ SECURITY_CONTACT: 'mailto:a@b.c', SECURITY_CONTACT_EXPIRES: 'soon' })).toThrow('expected the date');
  expect(parse({ SECURITY_CONTACT: 'mailto:a@b.c\nInjected: field', SECURITY_CONTACT_EXPIRES: '2027-06-30' })).toThrow(
    'SECURITY_CONTACT: expected',
  );
});
