import { isDeepStrictEqual } from 'node:util';
import { flatOut } from '../../simulated-users/pace';
import type { Answer } from './read-client';
import type { Reader } from './readers';
import type { Side } from './sides';

const CONCURRENCY = 16;

export interface Read {
  readonly name: string;
  readonly path: (reader: Reader) => string;
  /** Sends the ETag of an earlier answer: nothing has changed. */
  readonly conditional?: true;
}

/** Sends one kind of request, for all readers in turn, over some connections at once. */
export class ReadDriver {
  private readonly etags = new Map<string, Promise<string | undefined>>();
  private turn = 0;

  constructor(
    private readonly read: Read,
    private readonly readers: readonly Reader[],
  ) {}

  /** @returns how many requests were answered. */
  during(seconds: number, side: Side): Promise<number> {
    return flatOut(CONCURRENCY, seconds, () => this.next(side));
  }

  async times(count: number, side: Side): Promise<void> {
    let left = count;
    const lane = async () => {
      while (left-- > 0) await this.next(side);
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  }

  private async next(side: Side): Promise<void> {
    const reader = this.readers[this.turn++ % this.readers.length] as Reader;
    const etag = this.read.conditional && (await this.etagOf(side, reader));
    const { status } = await ask(side, this.read, reader, etag);
    if (status !== (etag ? 304 : 200)) throw new Error(`${this.read.name} answered ${status}`);
  }

  private etagOf(side: Side, reader: Reader): Promise<string | undefined> {
    const known = this.etags.get(reader.token) ?? ask(side, this.read, reader).then(({ etag }) => etag);
    this.etags.set(reader.token, known);
    return known;
  }
}

/** Whole answers: the same rows in the same order, with the same fields. */
export async function requireSameAnswers(
  read: Read,
  sides: readonly Side[],
  readers: readonly Reader[],
): Promise<void> {
  for (const reader of readers) {
    const [bare, ours] = await Promise.all(sides.map((side) => ask(side, read, reader)));
    const same =
      bare?.status === 200 && ours?.status === 200 && isDeepStrictEqual(JSON.parse(bare.body), JSON.parse(ours.body));
    if (!same) throw new Error(`${read.name} differs:\n${JSON.stringify(bare)}\n${JSON.stringify(ours)}`);
  }
}

function ask({ client }: Side, { path }: Read, reader: Reader, etag?: string): Promise<Answer> {
  return client.get(path(reader), { authorization: `Bearer ${reader.token}`, ...(etag && { 'if-none-match': etag }) });
}
