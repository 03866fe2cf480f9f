import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '@convene/testing/ports';
import { Child } from '../dev/child-process';
import type { PrometheusPrograms } from './prometheus-programs';

const READY_TIMEOUT_MS = 20_000;

/** A series of an instant query: its labels and its value. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** A Prometheus that scrapes processes every second. Ends with this process, even if that is killed. */
export class PrometheusServer {
  private constructor(
    readonly url: string,
    private readonly child: Child,
    private readonly dir: string,
  ) {}

  /** @param targets host:port by job */
  static async start(
    { prometheus }: PrometheusPrograms,
    targets: ReadonlyMap<string, readonly string[]>,
  ): Promise<PrometheusServer> {
    const dir = mkdtempSync(join(tmpdir(), 'convene-prometheus-'));
    const address = `127.0.0.1:${await freePort()}`;
    const jobs = [...targets].map(([job, of]) => ({ job_name: job, static_configs: [{ targets: of }] }));
    const global = { scrape_interval: '2500ms', scrape_timeout: '2500ms' };
    writeFileSync(join(dir, 'prometheus.yml'), stringify({ global, scrape_configs: jobs }));
    const child = await Child.spawn({
      program: prometheus,
      args: [
        `--config.file=${dir}/prometheus.yml`,
        `--storage.tsdb.path=${dir}/data`,
        `--web.listen-address=${address}`,
      ],
      stdio: 'ignore',
    });
    const server = new PrometheusServer(`http://${address}`, child, dir);
    const isReady = async () => (await fetch(`${server.url}/-/ready`)).ok;
    await child.until(() => isReady().catch(() => false), READY_TIMEOUT_MS);
    return server;
  }

  /** Evaluates an expression now. @throws when Prometheus refuses it */
  async query(expression: string): Promise<Sample[]> {
    const response = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const answer = (await response.json()) as { error?: string; data?: { result: Sample[] } };
    if (!answer.data) throw new Error(`${expression}: ${answer.error}`);
    return answer.data.result;
  }

  async stop(): Promise<void> {
    await this.child.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
