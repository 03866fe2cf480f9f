/** What nodemailer's errors carry beside their message. */
interface SmtpError {
  /** Of nodemailer or the system; an error without one comes from composing the mail. */
  readonly code?: string;
  readonly responseCode?: number;
  /** The SMTP command that failed; `API` when the mail itself is no mail, before any command. */
  readonly command?: string;
}

/** Commands whose answer is about one mail. Everything before (greeting, TLS, login, sender) is about all mails. */
const ABOUT_THE_MAIL = ['RCPT TO', 'DATA'];
const SERVICE_NOT_AVAILABLE = 421;

/**
 * How it is to be taken that a mail was not sent:
 * - `mail`: this mail is refused for good, others go (an unknown mailbox, a mail that is none).
 * - `later`: this mail is refused for now, others go (a full mailbox, greylisting).
 * - `server`: no mail goes just now: the server is away, hangs, closes, or does not accept us.
 */
export type Refusal = 'mail' | 'later' | 'server';

export function refusalOf(error: unknown): Refusal {
  const { code, responseCode, command } = error as SmtpError;
  if (code === undefined || (command === 'API' && code !== 'EAUTH')) return 'mail';
  if (responseCode === undefined || responseCode === SERVICE_NOT_AVAILABLE) return 'server';
  if (!ABOUT_THE_MAIL.some((about) => command?.startsWith(about))) return 'server';
  return responseCode >= 500 ? 'mail' : 'later';
}
