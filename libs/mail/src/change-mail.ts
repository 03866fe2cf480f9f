import { htmlPage } from './html';
import { HELLO, type MailContent } from './mail';

export interface AddressChange {
  readonly publicUrl: string;
  readonly token: string;
  readonly expiresAt: Date;
}

export function changeMail({ publicUrl, token, expiresAt }: AddressChange): MailContent {
  const href = `${publicUrl}/verify-email?token=${token}`;
  const what = `please confirm that this is to be your address. The link works until ${expiresAt.toUTCString()}.`;
  const footer = 'If you have not asked for this, you can ignore this mail: nothing changes.';
  return {
    subject: 'Confirm your new e-mail address',
    text: [HELLO, what, '', href, '', 'Or give this token to the API:', token, '', footer, ''].join('\n'),
    html: htmlPage([HELLO, what], { href, label: 'Confirm the address' }, footer),
  };
}
