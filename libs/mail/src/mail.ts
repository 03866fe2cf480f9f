/** A mail that is ready to go. */
export interface Mail {
  /** Stable over retries, so that mail programs show a mail sent twice once. Without brackets: `invite-<id>-0@convene`. */
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * How mails about an account begin: without its name. Whoever signs up with somebody's address chooses that name, and
 * would write to its owner with our letterhead.
 */
export const HELLO = 'Hello,';

export type MailContent = Pick<Mail, 'subject' | 'text' | 'html'>;
