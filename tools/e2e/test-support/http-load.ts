import { type IncomingHttpHeaders, request } from 'node:http';

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Call {
  readonly method?: string;
  readonly body?: object;
  readonly headers?: Record<string, string>;
  /** Another address of this machine, as the client's. */
  readonly localAddress?: string;
}

/** One request on a connection of its own, like a client that comes for the first time. @throws when it gets no answer. */
export function call(url: string, { method = 'GET', body, headers = {}, localAddress }: Call = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const all = { ...(body && { 'content-type': 'application/json' }), ...headers };
    const sent = request(
      url,
      { method, agent: false, headers: all, ...(localAddress && { localAddress }) },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
        answer.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}

/** Calls without a pause until it is stopped, several at a time. */
export class HttpLoad {
  readonly failures: string[] = [];
  answered = 0;
  private running = true;
  private readonly loops: Promise<void>[];
  private readonly waiting: { from: number; resolve: () => void }[] = [];

  constructor(
    parallel: number,
    private readonly next: () => Promise<Reply>,
  ) {
    this.loops = Array.from({ length: parallel }, () => this.loop());
  }

  /** Resolves after so many further answers. */
  more(answers: number): Promise<void> {
    return new Promise((resolve) => this.waiting.push({ from: this.answered + answers, resolve }));
  }

  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.loops);
  }

  private async loop(): Promise<void> {
    while (this.running) {
      try {
        const { status, body } = await this.next();
        if (status >= 300) this.failures.push(`${status} ${body.slice(0, 200)}`);
      } catch (error) {
        this.failures.push(String(error));
      }
      this.answered += 1;
      for (const { from, resolve } of this.waiting) if (this.answered >= from) resolve();
    }
  }
}
