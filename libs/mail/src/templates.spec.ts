import { invitationMail } from './invitation-mail';
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

describe('the verification', () => {
  const mail = verificationMail({ publicUrl, token, displayName: '<i>Bo</i>', expiresAt });

  it('has the link and the bare token on lines of their own, escaped', () => {
    expect(mail.text.split('\n')).toEqual(
      expect.arrayContaining([`https://app.example/verify-email?token=${token}`, token]),
    );
    expect(mail.html).toContain('Hello &lt;i&gt;Bo&lt;/i&gt;,');
  });
});
