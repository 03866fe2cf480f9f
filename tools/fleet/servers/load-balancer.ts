import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import type { Program } from '@convene/testing/debian-program';
import { freePort } from '@convene/testing/ports';
import { tempDir } from '@convene/testing/temp-dir';
import { Child } from '../../dev/child-process';
import { childrenOf } from '../../dev/process-tree';

const DEPLOY = resolve(__dirname, '../../../deploy');
const READY_TIMEOUT_MS = 10_000;

/** The public addresses of the gateways, as `host:port`. */
export interface Upstreams {
  readonly apiGateways: readonly string[];
  readonly wsGateways: readonly string[];
}

/** What a deployment tells its balancer, apart from the gateways. */
export interface Site {
  /** Networks of the balancers in front of this one. */
  readonly proxies?: readonly string[];
  readonly maxPerClient?: number;
}

const MAX_PER_CLIENT = 1_000;

/** A load balancer with our configuration, in front of gateways that run. */
export class LoadBalancer {
  private constructor(
    readonly port: number,
    private readonly child: Child,
    private readonly reloadSignal: NodeJS.Signals,
    private readonly writeGateways?: (down: readonly string[]) => void,
  ) {}

  /** With deploy/nginx/nginx.conf as it is; the files of its `site` are the spec's. */
  static async nginx({ path, env }: Program, upstreams: Upstreams, site: Site = {}): Promise<LoadBalancer> {
    const [port, dir] = [await freePort(), tempDir('nginx')];
    cpSync(join(DEPLOY, 'nginx/nginx.conf'), join(dir, 'nginx.conf'));
    cpSync(join(DEPLOY, 'nginx/site'), join(dir, 'site'), { recursive: true });
    const writeGateways = (down: readonly string[]) => {
      const line = (address: string) => `server ${address}${down.includes(address) ? ' down' : ''};\n`;
      writeFileSync(join(dir, 'site/api-gateways.conf'), upstreams.apiGateways.map(line).join(''));
      writeFileSync(join(dir, 'site/ws-gateways.conf'), upstreams.wsGateways.map(line).join(''));
    };
    writeGateways([]);
    writeFileSync(join(dir, 'site/listen.conf'), `listen ${port};\n`);
    const { proxies = [], maxPerClient = MAX_PER_CLIENT } = site;
    const trusted = proxies.map((network) => `set_real_ip_from ${network};\n`).join('');
    const limit = `limit_conn clients ${maxPerClient};\n`;
    writeFileSync(
      join(dir, 'site/clients.conf'),
      `${trusted}real_ip_header X-Forwarded-For;\nreal_ip_recursive on;\n${limit}`,
    );
    // The number of workers changes nothing but the time that the spec takes.
    const args = ['-p', dir, '-c', join(dir, 'nginx.conf'), '-g', 'daemon off;'];
    return LoadBalancer.start(port, { program: path, args, env, stopSignal: 'SIGTERM' }, 'SIGHUP', writeGateways);
  }

  /** With deploy/haproxy/haproxy.cfg as it is. */
  static async haproxy(
    { path, env }: Program,
    { apiGateways, wsGateways }: Upstreams,
    { proxies = [], maxPerClient = MAX_PER_CLIENT }: Site = {},
  ): Promise<LoadBalancer> {
    const [port, dir] = [await freePort(), tempDir('haproxy')];
    const named = (name: string, addresses: readonly string[]) =>
      Object.fromEntries(addresses.map((address, index) => [`${name}_${index + 1}`, address]));
    const site = {
      HAPROXY_BIND: `:${port}`,
      HAPROXY_SOCKET: join(dir, 'socket'),
      HAPROXY_PROXIES: proxies.join(' '),
      HAPROXY_MAX_PER_CLIENT: String(maxPerClient),
      ...named('API_GATEWAY', apiGateways),
      ...named('WS_GATEWAY', wsGateways),
    };
    const args = ['-W', '-f', join(DEPLOY, 'haproxy/haproxy.cfg')];
    return LoadBalancer.start(
      port,
      { program: path, args, env: { ...env, ...site }, stopSignal: 'SIGTERM' },
      'SIGUSR2',
    );
  }

  private static async start(
    port: number,
    options: Omit<Parameters<typeof Child.spawn>[0], 'stdio'>,
    reloadSignal: NodeJS.Signals,
    writeGateways?: (down: readonly string[]) => void,
  ): Promise<LoadBalancer> {
    const child = await Child.spawn({ ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr?.on('data', (data: Buffer) => (errors += data.toString()));
    await child
      .until(() => answers(port), READY_TIMEOUT_MS)
      .catch((error: unknown) => {
        throw new Error(`${options.program} does not start: ${errors}`, { cause: error });
      });
    return new LoadBalancer(port, child, reloadSignal, writeGateways);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Reads the configuration again: new processes take over the port, old ones keep their connections. */
  reload(): void {
    this.child.signal(this.reloadSignal);
  }

  /** Leads nobody new to these gateways, until it is told otherwise. Of nginx alone. */
  async leaveOut(...down: string[]): Promise<void> {
    if (!this.writeGateways) throw new Error('This balancer is not told by a file');
    this.writeGateways(down);
    await this.reloaded();
  }

  /** Reads the configuration again; resolves when new processes take all new connections. Of nginx alone. @returns how many they are. */
  async reloaded(): Promise<number> {
    const former = childrenOf(this.child.pid);
    this.reload();
    const next = () => childrenOf(this.child.pid).filter((pid) => !former.includes(pid));
    await this.child.until(() => next().length > 0 && former.every(isShuttingDown), READY_TIMEOUT_MS);
    return next().length;
  }

  async stop(): Promise<void> {
    await this.child.stop();
  }
}

/** As a worker of nginx says of itself when it keeps the connections that it has, and takes no new ones. */
function isShuttingDown(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('shutting down');
  } catch {
    return true;
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1').resume();
  try {
    await once(socket, 'connect');
    // Until the balancer has closed its end, too, it counts as a connection of its client.
    socket.end();
    await once(socket, 'close');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
