import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** `<id>.<rotation>.<mac>`, on a line of its own (libs/auth, derived-token.ts). */
const TOKEN = /^[A-Za-z0-9_-]{22}\.\d+\.[A-Za-z0-9_-]{43}$/m;
const TIMEOUT_MS = 20_000;

/** Where mails are written, a file each, while SMTP_URL is not set. */
export interface MailFolder {
  readonly title: string;
  /** Names of files; none as long as there is no such folder. */
  list(): Promise<string[]>;
  read(file: string): Promise<string>;
}

export const mailsIn = (dir: string): MailFolder => ({
  title: dir,
  list: () => readdir(dir).catch(() => []),
  read: (file) => readFile(join(dir, file), 'utf8'),
});

export class Mailbox {
  private readonly read = new Map<string, string>();

  constructor(private readonly folder: MailFolder) {}

  /** The token in the mail to an address, waiting for the mail if need be. @param kind How the file's name begins. */
  async tokenFor(email: string, kind: 'verify-' | 'invite-' | 'reset-' | 'change-' | 'restore-'): Promise<string> {
    const deadline = Date.now() + TIMEOUT_MS;
    while (Date.now() < deadline) {
      const token = TOKEN.exec((await this.find(email, kind)) ?? '')?.[0];
      if (token) return token;
      await wait(50);
    }
    throw new Error(`No ${kind}… mail to ${email} in ${this.folder.title} within ${TIMEOUT_MS / 1000} s`);
  }

  private async find(email: string, kind: string): Promise<string | undefined> {
    const files = await this.folder.list();
    for (const file of files.filter((name) => name.startsWith(kind) && !this.read.has(name))) {
      this.read.set(file, unfold(await this.folder.read(file)));
    }
    return [...this.read]
      .filter(([file]) => file.startsWith(kind))
      .map(([, mail]) => mail)
      .find((mail) => mail.includes(`To: ${email}`));
  }
}

/** Undoes the quoted-printable soft line breaks and CRLFs of a mail. */
function unfold(source: string): string {
  return source.replaceAll('\r\n', '\n').replaceAll('=\n', '').replaceAll('=3D', '=');
}
