import { htmlPage } from './html';
import { HELLO, type MailContent } from './mail';
import type { AccountChange } from './password-changed-mail';

export interface AddressChanged extends AccountChange {
  /** The link that restores the address, if any. */
  readonly restore: { readonly token: string; readonly until: Date } | undefined;
}

/** To the former address. */
export function addressChangedMail({ publicUrl, at, restore }: AddressChanged): MailContent {
  const subject = 'Your account has another e-mail address';
  const what = `on ${at.toUTCString()} your account got another e-mail address, and other sessions were ended.`;
  if (!restore) {
    const how = 'The owner of an address that the account had before took it back.';
    const footer = 'This is possible for seven days after a change of address.';
    return {
      subject,
      text: [HELLO, what, '', how, '', footer, ''].join('\n'),
      html: htmlPage([HELLO, what, how], { href: publicUrl, label: 'Convene' }, footer),
    };
  }
  const href = `${publicUrl}/email/restore?token=${restore.token}`;
  const how = `If it was not you, take the account back: you set a new password, and everybody else is logged out. The link works once, until ${restore.until.toUTCString()}.`;
  const footer = 'If it was you, there is nothing to do. Give the link to nobody.';
  return {
    subject,
    text: [HELLO, what, '', how, href, '', 'Or give this token to the API:', restore.token, '', footer, ''].join('\n'),
    html: htmlPage([HELLO, what, how], { href, label: 'Take the account back' }, footer),
  };
}
