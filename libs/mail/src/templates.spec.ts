import { addressInUseMail } from './address-in-use-mail';
import { changeMail } from './change-mail';
import { invitationMail } from './invitation-mail';
import { resetMail } from './reset-mail';
import { verificationMail } from './verification-mail';

const publicUrl = 'https://app.example';
const token = 'tok.0.en';
const expiresAt = new Date('2030-01-08T12:00:00Z');

describe('the invitation', () => {
  const mail = invitationMail({ publicUrl, token, companyName: 'A <b>&\r\nBcc: x', inviterName: '"Ana"', expiresAt });

  it('says who, what and until when, with the link and the bare token on lines of their own', () => {
    expect(mail.text.split('\n')).toEqual(expect.arrayContaining([`https://app.example/invites/${token}`, token]));
    expect(mail.text).toContain('Tue, 08 Jan 2030 12:00:00 GMT');
    expect(mail.html).toContain(`href="https://app.example/invites/${token}"`);
  });

  it('lets people’s names be names: no markup, no second header', () => {
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
  const mail = write({ publicUrl, token, displayName: '<i>Bo</i>', expiresAt });

  it('has the link and the bare token on lines of their own, escaped, and says until when', () => {
    expect(mail.text.split('\n')).toEqual(
      expect.arrayContaining([`https://app.example/${path}?token=${token}`, token]),
    );
    expect(mail.text).toContain('Tue, 08 Jan 2030 12:00:00 GMT');
    expect(mail.html).toContain('Hello &lt;i&gt;Bo&lt;/i&gt;,');
  });
});

describe('the mail about an address in use', () => {
  const mail = addressInUseMail({ publicUrl, displayName: '<i>Bo</i>' });

  it('says how to get in, and gives no token', () => {
    expect(mail.text).toContain('https://app.example/password/forgot');
    expect(mail.html).toContain('Hello &lt;i&gt;Bo&lt;/i&gt;,');
    expect(mail.text).not.toContain('token');
  });
});
