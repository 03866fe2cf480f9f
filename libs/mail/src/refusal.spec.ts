import { refusalOf } from './refusal';

it.each([
  [{ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550 }, 'mail'],
  [{ code: 'EMESSAGE', command: 'DATA', responseCode: 554 }, 'mail'],
  [{ code: 'EENVELOPE', command: 'API' }, 'mail'],
  [{}, 'mail'],
  [{ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 450 }, 'later'],
  [{ code: 'EMESSAGE', command: 'DATA', responseCode: 452 }, 'later'],
  [{ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 421 }, 'server'],
  [{ code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 530 }, 'server'],
  [{ code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 535 }, 'server'],
  [{ code: 'EAUTH', command: 'API' }, 'server'],
  [{ code: 'ETIMEDOUT', command: 'CONN' }, 'server'],
  [{ code: 'ESOCKET', command: 'CONN' }, 'server'],
  [{ code: 'EDNS', command: 'CONN' }, 'server'],
])('the SMTP refusal %o is about: %s', (error, refusal) => expect(refusalOf(error)).toBe(refusal));
