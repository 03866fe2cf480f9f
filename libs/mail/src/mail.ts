/** A complete mail. */
export interface Mail {
  /** The same in all retries, so that mail programs show a mail that was sent twice only once. Without brackets: `invite-<id>-0@convene`. */
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * The salutation of mails about an account. It omits the name of the account: a person who signs up with the address of
 * another chooses that name, and could send a text of theirs to the owner of the address.
 */
export const HELLO = 'Hello,';

export type MailContent = Pick<Mail, 'subject' | 'text' | 'html'>;
