import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EnvError, type EnvShape, parseEnv } from '@convene/config/env';
import { userOf } from '@convene/messaging/topology/definitions';
import { BROKER_USERS } from '@convene/messaging/topology/permissions';
import { findProgram } from '@convene/testing/find-program';
import { tempDir } from '@convene/testing/temp-dir';
import { apps } from '../dev/apps';
import { keysIn } from '../dev/keys';
import { scrapedTargets } from '../monitoring/alert-rules';
import { ROLES } from '../prisma/grants';
import { merged, overlays, readFile, ROOT, type Service, sourceOf } from './overlays';

const base = readFile('docker-compose.yml');
const files = [...overlays(), 'docker-compose.yml'].map((path) => [path, readFile(path)] as const);
const shapeOf = (app: string) =>
  jest.requireActual<{ envShape: EnvShape }>(join(ROOT, 'apps', app, 'src/env.ts')).envShape;

const keys: Record<string, string> = {
  ...keysIn(tempDir('keys')),
  DATABASE_URL: 'postgresql://a:b@postgres:5432/convene',
  RABBITMQ_URL: 'amqp://a:b@rabbitmq:5672',
};

/** As compose does with an empty environment: the default after `:-`. */
const withDefaults = (value: string) => value.replace(/\$\{\w+:?-([^}]*)\}/g, '$1');

/** What the process would get, with a valid value in place of each file. */
function environmentOf({ environment }: Service): Record<string, string> {
  const values = Object.entries(environment).map(([name, value]) => [name, withDefaults(String(value))] as const);
  const named = Object.fromEntries(values.filter(([name]) => !name.endsWith('_FILE')));
  const given = values.filter(([name]) => name.endsWith('_FILE')).map(([name]) => name.slice(0, -'_FILE'.length));
  return {
    ...named,
    ...Object.fromEntries(given.map((name) => [name, named[name] || (keys[name] ?? 'x'.repeat(32))])),
  };
}

describe.each(files)('%s', (path, file) => {
  const services = Object.entries(merged(base, file));

  it.each(apps.map(({ name }) => name))('gives the %s an environment that it accepts', (app) => {
    const service = services.find(([name]) => name === app)?.[1] as Service;
    const problems = () => {
      try {
        parseEnv(shapeOf(app), { ...environmentOf(service), NODE_ENV: 'production' });
        return [];
      } catch (error) {
        if (error instanceof EnvError) return error.problems;
        throw error;
      }
    };
    expect(problems()).toEqual([]);
    const own = file.services[app]?.environment ?? {};
    const unknown = Object.keys(own).filter((name) => !(name.replace(/_FILE$/, '') in shapeOf(app)));
    // docker-compose.yml gives all apps the same; an overlay gives each what it knows.
    expect(path === 'docker-compose.yml' ? [] : unknown).toEqual([]);
  });

  it('mounts files that exist, and volumes that are declared', () => {
    const volumes = { ...base.volumes, ...file.volumes };
    const sources = services.flatMap(([, service]) => service.volumes.map(sourceOf));
    expect(sources.filter((path) => path.startsWith('.') && !existsSync(join(ROOT, path)))).toEqual([]);
    expect(sources.filter((name) => !name.startsWith('.') && !(name in volumes))).toEqual([]);
  });

  it('waits only for services that exist, in a way that they can fulfil', () => {
    const wrong = services.flatMap(([name, { depends_on }]) =>
      Object.entries(depends_on)
        .filter(([other, { condition }]) => {
          const service = services.find(([one]) => one === other)?.[1];
          const probed = service?.healthcheck?.['disable'] !== true && service?.healthcheck !== undefined;
          return !service || (condition === 'service_healthy' && !probed);
        })
        .map(([other]) => `${name} waits for ${other}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has a health check for every service that stays, and says so of those that end', () => {
    const without = services.filter(([name, { healthcheck }]) => !healthcheck && name !== 'secrets');
    expect(without.map(([name]) => name)).toEqual([]);
  });

  it('gives apps, and every service that it adds, no root, no capability and nothing to write but volumes', () => {
    const added = Object.keys(file.services).filter((name) => !(name in base.services));
    // Its entrypoint is root until it has prepared its volume, as that of the first node.
    const judged = [...apps.map(({ name }) => name), ...added.filter((name) => !name.startsWith('rabbitmq-'))];
    const wrong = judged.flatMap((name) => {
      const { user, read_only, cap_drop, security_opt, build } = merged(base, file)[name] as Service;
      const faults: [string, boolean][] = [
        ['user', user !== undefined || build !== undefined],
        // The standby writes to its folder of sockets.
        ['read_only', read_only === true || name === 'postgres-replica'],
        ['cap_drop', cap_drop?.includes('ALL') ?? false],
        ['security_opt', security_opt?.includes('no-new-privileges:true') ?? false],
      ];
      return faults.filter(([, holds]) => !holds).map(([field]) => `${name}: ${field}`);
    });
    expect(wrong).toEqual([]);
  });

  it('names an exact version of every image, and builds the others', () => {
    for (const [name, { image, build }] of services) {
      expect([name, image ?? (build && 'built:1.0')]).toEqual([name, expect.stringMatching(/:v?\d+\.\d+/)]);
    }
  });
});

it('each image has one version in all files', () => {
  const images = files.flatMap(([, { services }]) => Object.values(services).flatMap(({ image }) => image ?? []));
  expect(new Set(images).size).toBe(new Set(images.map((image) => image.split(':')[0])).size);
});

/** The plugin of Docker, or its program alone: `config` asks no engine. */
const compose = [['docker', 'compose'] as const, ['docker-compose'] as const].find(
  ([program, ...args]) => findProgram(program) && spawnSync(program, [...args, 'version']).status === 0,
);

(compose ? describe : describe.skip)('compose itself', () => {
  const config = (overlay: string) => {
    const [program, ...args] = compose as readonly [string, ...string[]];
    // Docker looks for its plugin where HOME or DOCKER_CONFIG says.
    const { PATH, HOME, DOCKER_CONFIG } = process.env;
    const env = { PATH, HOME, DOCKER_CONFIG, RABBITMQ_ERLANG_COOKIE: 'x', GRAFANA_PASSWORD: 'x' };
    const all = [...args, '-f', 'docker-compose.yml', '-f', overlay, 'config', '--format', 'json'];
    return JSON.parse(execFileSync(program, all, { cwd: ROOT, env, encoding: 'utf8' })) as {
      services: Record<string, { ports?: unknown[]; volumes?: { source: string; target: string }[] }>;
    };
  };

  it.each(overlays())('lays %s over docker-compose.yml as this spec does', (overlay) => {
    const ours = merged(base, readFile(overlay));
    const { services } = config(overlay);
    expect(Object.keys(services).sort()).toEqual(Object.keys(ours).sort());
    for (const [name, { volumes }] of Object.entries(ours)) {
      const theirs = (services[name]?.volumes ?? []).map(
        ({ source, target }) => `${source.split('/').at(-1)}:${target}`,
      );
      const places = volumes.map((volume) => `${sourceOf(volume).split('/').at(-1)}:${volume.split(':')[1]}`);
      expect([name, theirs.sort()]).toEqual([name, places.sort()]);
    }
  });

  it('publishes no port of a gateway that runs twice', () => {
    const { services } = config('deploy/compose/gateways.yml');
    expect([services['api-gateway']?.ports, services['ws-gateway']?.ports]).toEqual([undefined, undefined]);
  });
});

it('Prometheus in a container scrapes the same apps as that of the machine', () => {
  const text = readFileSync(join(ROOT, 'deploy/compose/prometheus/prometheus.yml'), 'utf8');
  const jobs = [...text.matchAll(/job_name: (\S+)\n.*names: \[(\S+)\], type: A, port: 4100/g)];
  expect(jobs.map(([, job, name]) => [job, name])).toEqual([...scrapedTargets().keys()].map((app) => [app, app]));
});

/** What is wrong with the URL of the broker in the share of an app. */
function brokerFaults(app: string, { environment }: Service, read: (path: string) => string): string[] {
  if (!BROKER_USERS.includes(app)) return environment['RABBITMQ_URL_FILE'] === undefined ? [] : ['has a user'];
  const { username, password, searchParams } = new URL(read(`${app}/rabbitmq-url`));
  const { users } = JSON.parse(read('rabbitmq/definitions.json')) as {
    users: { name: string; password_hash: string; tags: string[] }[];
  };
  const user = users.find(({ name }) => name === username);
  const stored = Buffer.from(user?.password_hash ?? '', 'base64');
  const hash = createHash('sha256').update(stored.subarray(0, 4)).update(password).digest();
  const rules: [boolean, string][] = [
    [environment['RABBITMQ_URL'] === '', 'has another URL'],
    [environment['RABBITMQ_URL_FILE'] === '/run/convene/rabbitmq-url', 'has no URL of its own'],
    [username === userOf(app), `is ${username}`],
    [searchParams.get('declare') === 'off', 'declares'],
    [stored.subarray(4).equals(hash), 'has another password than its user'],
    [user?.tags.length === 0, 'may look at the broker'],
  ];
  return rules.filter(([holds]) => !holds).map(([, fault]) => fault);
}

it('an app that is given the broker user of another one, or that of docker-compose.yml, is found', () => {
  const environment = { RABBITMQ_URL: '', RABBITMQ_URL_FILE: '/run/convene/rabbitmq-url' };
  const file = (path: string) =>
    path.startsWith('rabbitmq/')
      ? JSON.stringify({ users: [{ name: 'convene-api-gateway', password_hash: '', tags: [] }] })
      : 'amqp://convene-api-gateway:secret@rabbitmq:5672';
  const service = { environment } as unknown as Service;
  expect(brokerFaults('members-worker', service, file)).toEqual([
    'is convene-api-gateway',
    'declares',
    'has another password than its user',
  ]);
  const shared = readFile('docker-compose.yml').services['members-worker'] as Service;
  expect(brokerFaults('members-worker', shared, file)).toContain('has another URL');
});

it('each app gets its own secrets alone, its own role of the database and its own user of RabbitMQ', async () => {
  const [folder, shares] = [tempDir('secrets'), tempDir('shares')];
  const uid = String(process.getuid?.() ?? 0);
  const run = () =>
    execFileSync(process.execPath, [
      join(ROOT, 'deploy/compose/share-secrets.mjs'),
      ...[folder, uid, shares, join(ROOT, 'deploy/secrets.mjs'), join(ROOT, 'deploy/rabbitmq'), uid],
    ]);
  run();
  const read = (path: string) => readFileSync(join(shares, path), 'utf8');
  const all = readFile('docker-compose.yml').services;
  for (const { name } of apps) {
    const service = merged(base, readFile('deploy/compose/least-privilege.yml'))[name] as Service;
    const wanted = Object.entries(service.environment)
      .filter(([variable]) => variable.replace(/_FILE$/, '') in shapeOf(name) && variable.endsWith('_FILE'))
      .map(([, path]) => String(path).replace('/run/convene/', ''));
    expect([name, readdirSync(join(shares, name)).sort()]).toEqual([name, wanted.sort()]);
    expect(service.volumes[0]).not.toBe(all[name]?.volumes[0]);
    const { username, password } = new URL(read(`${name}/database-url`));
    expect(username).toBe(`convene_${name.replace('-', '_')}`);
    expect(ROLES).toContain(username);
    expect(read('roles/roles.sql')).toContain(`ALTER ROLE ${username} PASSWORD '${password}';`);
    expect([name, brokerFaults(name, service, read)]).toEqual([name, []]);
  }
  const { rabbitmq } = merged(base, readFile('deploy/compose/least-privilege.yml'));
  const conf = readFileSync(join(ROOT, 'deploy/compose/rabbitmq/definitions.conf'), 'utf8');
  expect(conf).toBe('load_definitions = /run/convene/definitions.json\n');
  expect(rabbitmq?.volumes).toContain('secrets-rabbitmq:/run/convene:ro');
  const before = read('roles/roles.sql');
  run();
  expect(read('roles/roles.sql')).toBe(before);
});
