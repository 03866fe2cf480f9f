import { htmlPage } from './html';
import { HELLO, type MailContent } from './mail';

export interface PasswordReset {
  readonly publicUrl: string;
  readonly token: string;
  readonly expiresAt: Date;
}

export function resetMail({ publicUrl, token, expiresAt }: PasswordReset): MailContent {
  const href = `${publicUrl}/password/reset?token=${token}`;
  const what = `here you can set a new password. The link works once, until ${expiresAt.toUTCString()}.`;
  const footer = 'If you have not asked for this, you can ignore this mail: your password stays as it is.';
  return {
    subject: 'Set a new password',
    text: [HELLO, what, '', href, '', 'Or give this token to the API:', token, '', footer, ''].join('\n'),
    html: htmlPage([HELLO, what], { href, label: 'Set a new password' }, footer),
  };
}
