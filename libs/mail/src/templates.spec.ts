import { addressChangeRequestedMail } from './address-change-requested-mail';
import { addressChangedMail } from './address-changed-mail';
import { addressInUseMail } from './address-in-use-mail';
import { changeMail } from './change-mail';
import { invitationMail } from './invitation-mail';
import { passwordChangedMail } from './password-changed-mail';
import { resetMail } from './reset-mail';
import { verificationMail } from './verification-mail';

const publicUrl = 'https://app.example';
const token = 'tok.0.en';
const expiresAt = new Date('2030-01-08T12:00:00Z');

describe('the mail of an invitation', () => {
  const mail = invitationMail({ publicUrl, token, companyName: 'A <b>&\r\nBcc: x', inviterName: '"Ana"', expiresAt });

  it('names the inviter, the company and the expiry, with the link and the bare token on lines of their own', () => {
    expect(mail.text.split('\n')).toEqual(expect.arrayContaining([`https://app.example/invites/${token}`, token]));
    expect(mail.text).toContain('Tue, 08 Jan 2030 12:00:00 GMT');
    expect(mail.html).toContain(`href="https://app.example/invites/${token}"`);
  });

  it('escapes names, so that they add neither markup nor a header', () => {
    expect(mail.html).toContain('&quot;Ana&quot; invites you to join A &lt;b&gt;&amp; Bcc: x');
    expect(mail.html).not.toContain('<b>');
    expect(mail.subject).toBe('"Ana" invites you to A <b>& Bcc: x');
  });
});

describe.each([
  ['the verification', verificationMail, 'verify-email'],
  ['the change of address', changeMail, 'verify-email'],
  ['the password reset', resetMail, 'password/reset'],
])('%s', (_, write, path) => {
  const mail = write({ publicUrl, token, expiresAt });

  it('has the link and the bare token on lines of their own, escaped, and states the expiry', () => {
    expect(mail.text.split('\n')).toEqual(
      expect.arrayContaining([`https://app.example/${path}?token=${token}`, token]),
    );
    expect(mail.text).toContain('Tue, 08 Jan 2030 12:00:00 GMT');
    expect(mail.html).toContain(`href="https://app.example/${path}?token=${token}"`);
  });
});

describe('the mail about an address in use', () => {
  const mail = addressInUseMail({ publicUrl });

  it('explains how to log in, and contains no token', () => {
    expect(mail.text).toContain('https://app.example/password/forgot');
    expect(mail.text).not.toContain('token');
  });
});

describe.each([
  ['a changed password', passwordChangedMail, 'set a new password'],
  ['a requested change of address', addressChangeRequestedMail, 'set a new password'],
])('the mail about %s', (_, write, remedy) => {
  const mail = write({ publicUrl, at: expiresAt });

  it('states the time and what to do against an intruder, and contains no token', () => {
    expect(mail.text).toContain('Tue, 08 Jan 2030 12:00:00 GMT');
    expect(mail.text).toContain(remedy);
    expect(mail.html).toContain('href="https://app.example/password/forgot"');
    expect(mail.text).not.toContain('token');
  });
});

describe('the mail to a former address', () => {
  const at = new Date('2030-01-01T12:00:00Z');

  it('has the link that restores the address, and its expiry', () => {
    const mail = addressChangedMail({ publicUrl, at, restore: { token, until: expiresAt } });
    expect(mail.text.split('\n')).toEqual(
      expect.arrayContaining([`https://app.example/email/restore?token=${token}`, token]),
    );
    expect(mail.text).toMatch(/Tue, 01 Jan 2030.*Tue, 08 Jan 2030/s);
    expect(mail.html).toContain(`href="https://app.example/email/restore?token=${token}"`);
  });

  it('has no such link when the account was restored from this address', () => {
    const mail = addressChangedMail({ publicUrl, at, restore: undefined });
    expect(mail.text).toContain('took it back');
    expect(mail.text).not.toMatch(/restore|token/);
  });
});
