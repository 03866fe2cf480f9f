/** The fields of nodemailer's errors. */
interface SmtpError {
  /** Set by nodemailer or the system; an error without a code occurred while the mail was composed. */
  readonly code?: string;
  readonly responseCode?: number;
  /** The SMTP command that failed; `API` when the mail is invalid, before any command. */
  readonly command?: string;
}

/** Commands whose reply concerns one mail. Earlier replies (greeting, TLS, login, sender) concern all mails. */
const ABOUT_THE_MAIL = ['RCPT TO', 'DATA'];
const SERVICE_NOT_AVAILABLE = 421;

/**
 * What a failure to send a mail concerns:
 * - `mail`: this mail is refused permanently, others are accepted (an unknown mailbox, an invalid mail).
 * - `later`: this mail is refused temporarily, others are accepted (a full mailbox, greylisting).
 * - `server`: no mail is accepted now: the server is down, hangs, disconnects, or refuses the login or the sender.
 */
export type Refusal = 'mail' | 'later' | 'server';

export function refusalOf(error: unknown): Refusal {
  const { code, responseCode, command } = error as SmtpError;
  if (code === undefined || (command === 'API' && code !== 'EAUTH')) return 'mail';
  if (responseCode === undefined || responseCode === SERVICE_NOT_AVAILABLE) return 'server';
  if (!ABOUT_THE_MAIL.some((about) => command?.startsWith(about))) return 'server';
  return responseCode >= 500 ? 'mail' : 'later';
}
