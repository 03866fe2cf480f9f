import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: string;
}

/** GET over connections that are kept open: `fetch` would use more processor time than the servers that are measured. */
export class ReadClient {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly url: string) {}

  get(path: string, headers: Record<string, string>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      get(`${this.url}${path}`, { agent: this.agent, headers }, (response) => {
        const { statusCode = 0, headers: answered } = response;
        text(response).then((body) => resolve({ status: statusCode, etag: answered.etag, body }), reject);
      }).on('error', reject);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
