import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { Tx } from '@convene/prisma/transaction';

/** No shorter password comes this far: the rest of the list needs no memory. */
const SHORTEST = 10;
/** With less than this beside one's own words, or fewer different characters, a password is guessed at once. */
const FEW = 4;
const MIN_WORD_LENGTH = 3;

interface Owner {
  readonly email: string;
  readonly displayName: string;
}

/** Refuses passwords that an attacker tries first (NIST SP 800-63B, 3.1.1.2). */
@Injectable()
export class PasswordRules {
  private common: Promise<ReadonlySet<string>> | undefined;

  /** @throws ConveneError PASSWORD_EASY_TO_GUESS, which names the field */
  async check(password: string, owner: Owner, field = 'password'): Promise<void> {
    const text = fold(password);
    if (new Set(text).size < FEW) throw easy(field, 'repeats a few characters');
    if (withoutWordsOf(owner, text).length < FEW) throw easy(field, 'is little more than your own address or name');
    // Loaded when the first password is judged: a process that judges none does without its memory.
    this.common ??= loadCommon();
    if ((await this.common).has(text)) throw easy(field, 'is one of the most common passwords');
  }

  /** The same, for an account that exists. @throws ConveneError PASSWORD_EASY_TO_GUESS */
  async checkOf(tx: Pick<Tx, 'user'>, userId: string, password: string, field?: string): Promise<void> {
    const select = { email: true, displayName: true };
    await this.check(password, await tx.user.findUniqueOrThrow({ where: { id: userId }, select }), field);
  }
}

async function loadCommon(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common'].filter(({ length }) => length >= SHORTEST));
}

const fold = (text: string) => text.normalize('NFKC').toLowerCase();

function withoutWordsOf({ email, displayName }: Owner, text: string): string {
  const [localPart = ''] = email.split('@');
  const words = [email, displayName, localPart, ...localPart.split(/[^\p{L}\p{N}]+/u), ...displayName.split(/\s+/)];
  const own = words.map(fold).filter(({ length }) => length >= MIN_WORD_LENGTH);
  return own.reduce((rest, word) => rest.replaceAll(word, ''), text);
}

function easy(field: string, why: string): ConveneError {
  const message = `${why}; choose another, such as several unrelated words`;
  return new ConveneError('PASSWORD_EASY_TO_GUESS', `${field}: ${message}`, { errors: [{ field, message }] });
}
