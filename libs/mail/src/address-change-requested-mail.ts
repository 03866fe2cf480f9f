import { htmlPage } from './html';
import { HELLO, type MailContent } from './mail';
import type { AccountChange } from './password-changed-mail';

/** To the present address. It does not name the new address, because the reader of the mail may not be entitled to know it. */
export function addressChangeRequestedMail({ publicUrl, at }: AccountChange): MailContent {
  const href = `${publicUrl}/password/forgot`;
  const what = `on ${at.toUTCString()} it was requested, with your password, that your account gets another e-mail address. It changes when the link in a mail to that address is followed.`;
  const how = 'If it was not you, set a new password now: this voids the request and ends all sessions.';
  const footer = 'If it was you, there is nothing to do.';
  return {
    subject: 'Your account is to get another e-mail address',
    text: [HELLO, what, '', how, href, '', footer, ''].join('\n'),
    html: htmlPage([HELLO, what, how], { href, label: 'Set a new password' }, footer),
  };
}
