import { htmlPage, oneLine } from './html';
import type { MailContent } from './mail';

export interface InvitationMailParams {
  readonly publicUrl: string;
  readonly token: string;
  readonly companyName: string;
  readonly inviterName: string;
  readonly expiresAt: Date;
}

export function invitationMail({ publicUrl, token, expiresAt, ...names }: InvitationMailParams): MailContent {
  const company = oneLine(names.companyName);
  const inviter = oneLine(names.inviterName);
  const href = `${publicUrl}/invites/${token}`;
  const what = `${inviter} invites you to join ${company} on Convene.`;
  const until = `The invitation is open until ${expiresAt.toUTCString()}.`;
  const footer = 'If you do not know what this is about, you can ignore this mail: nothing happens.';
  return {
    subject: `${inviter} invites you to ${company}`,
    text: [what, until, '', 'Answer here:', href, '', 'Or give this token to the API:', token, '', footer, ''].join(
      '\n',
    ),
    html: htmlPage([what, until], { href, label: 'See the invitation' }, footer),
  };
}
