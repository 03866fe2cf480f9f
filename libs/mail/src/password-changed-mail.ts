import { htmlPage } from './html';
import { HELLO, type MailContent } from './mail';

export interface AccountChange {
  readonly publicUrl: string;
  readonly at: Date;
}

export function passwordChangedMail({ publicUrl, at }: AccountChange): MailContent {
  const href = `${publicUrl}/password/forgot`;
  const what = `the password of your account was changed on ${at.toUTCString()}. Other sessions were ended, and the links in earlier mails do not work any more.`;
  const how = 'If it was not you, set a new password now.';
  const footer = 'If it was you, there is nothing to do.';
  return {
    subject: 'Your password was changed',
    text: [HELLO, what, '', how, href, '', footer, ''].join('\n'),
    html: htmlPage([HELLO, what, how], { href, label: 'Set a new password' }, footer),
  };
}
