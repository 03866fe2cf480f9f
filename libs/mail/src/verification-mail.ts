import { htmlPage } from './html';
import { HELLO, type MailContent } from './mail';

export interface Verification {
  readonly publicUrl: string;
  readonly token: string;
  readonly expiresAt: Date;
}

export function verificationMail({ publicUrl, token, expiresAt }: Verification): MailContent {
  const href = `${publicUrl}/verify-email?token=${token}`;
  const what = `please confirm that this is your address. The link works until ${expiresAt.toUTCString()}.`;
  const footer = 'If you have not signed up for Convene, you can ignore this mail.';
  return {
    subject: 'Confirm your e-mail address',
    text: [HELLO, what, '', href, '', 'Or give this token to the API:', token, '', footer, ''].join('\n'),
    html: htmlPage([HELLO, what], { href, label: 'Confirm the address' }, footer),
  };
}
