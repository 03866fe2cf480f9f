import type { Writer } from '@convene/prisma/database/transaction';
import { inFrame, type TransactionFrame } from '@convene/prisma/database/transaction-frame';
import { type Answer, type Answers, jsonAnswer } from './answers';
import { type KeyedRequest, KeyStore } from './key-store';

/** One attempt to execute a request: its transaction takes the key, and stores what it yields as the answer. */
export class KeyedExecution implements TransactionFrame {
  private yielded: { readonly body: string; readonly sealed: string } | undefined;
  private isCommitted = false;

  /** @param status of the answer when the request succeeds. */
  constructor(
    private readonly store: KeyStore,
    private readonly answers: Answers,
    private readonly request: KeyedRequest,
    private readonly status: number,
  ) {}

  /** @throws KeyTaken */
  async run(handle: () => Promise<unknown>): Promise<unknown> {
    const value = await inFrame(this, handle);
    await this.finish(jsonAnswer(this.status, value));
    return value;
  }

  /** Stores an answer without a transaction. @throws KeyTaken, also when the transaction is committed: then its answer is stored. */
  async keep(answer: Answer): Promise<void> {
    await this.store.store(this.request, this.answers.seal(answer));
  }

  before(tx: Writer): void | Promise<void> {
    return this.store.claim(tx, this.request);
  }

  after(tx: Writer, result: unknown): void | Promise<void> {
    const answer = jsonAnswer(this.status, result);
    this.yielded = { body: answer.body, sealed: this.answers.seal(answer) };
    return this.store.answer(tx, this.request, this.yielded.sealed);
  }

  committed(): void {
    this.isCommitted = true;
  }

  /** What a handler answers is what its transaction has yielded, as a rule, and stored with it. */
  private async finish(answer: Answer): Promise<void> {
    if (!this.isCommitted || !this.yielded) return this.keep(answer);
    const { body, sealed } = this.yielded;
    if (body !== answer.body) await this.store.replace(this.request, sealed, this.answers.seal(answer));
  }
}
