import { htmlPage, oneLine } from './html';
import type { MailContent } from './mail';
import { notificationLine } from './notification-line';

/** Lines of one mail, which gives the number of further notifications. */
const MAX_LINES = 20;

export interface Digest {
  readonly publicUrl: string;
  readonly displayName: string;
  /** Oldest first. */
  readonly notifications: readonly { readonly code: string; readonly params: unknown }[];
}

export function digestMail({ publicUrl, displayName, notifications }: Digest): MailContent {
  const href = `${publicUrl}/notifications`;
  const hello = `Hello ${oneLine(displayName)},`;
  const lines = notifications.slice(0, MAX_LINES).map(({ code, params }) => notificationLine(code, params));
  const more = notifications.length - lines.length;
  const all = more > 0 ? [...lines, `And ${more} more.`] : lines;
  const what = 'while you were away:';
  const footer = 'Which of these are mailed, and when, you choose in your preferences.';
  return {
    subject: notifications.length === 1 ? (lines[0] ?? '') : `You have ${notifications.length} new notifications`,
    text: [hello, what, '', ...all.map((line) => `- ${line}`), '', 'See them here:', href, '', footer, ''].join('\n'),
    html: htmlPage([hello, what, ...all], { href, label: 'See them all' }, footer),
  };
}
