import { htmlPage } from './html';
import { HELLO, type MailContent } from './mail';

export interface AddressInUse {
  readonly publicUrl: string;
}

export function addressInUseMail({ publicUrl }: AddressInUse): MailContent {
  const href = `${publicUrl}/password/forgot`;
  const what = 'somebody wanted to sign up with your address, which has an account already.';
  const how = 'If it was you, log in with your password. If you do not know it any more, set a new one.';
  const footer = 'If it was not you, you can ignore this mail: nobody learns that you have an account.';
  return {
    subject: 'You have an account already',
    text: [HELLO, what, '', how, href, '', footer, ''].join('\n'),
    html: htmlPage([HELLO, what, how], { href, label: 'Set a new password' }, footer),
  };
}
