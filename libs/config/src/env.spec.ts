import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '@convene/testing/temp-dir';
import { EnvError, parseEnv } from './env';
import {
  databaseUrl,
  flag,
  flagOfProduction,
  integer,
  port,
  rabbitmqUrls,
  redisUrl,
  secrets,
  workerEnv,
} from './fields';

const shape = { DATABASE_URL: databaseUrl, PORT: port(4000), TOKEN_SECRET: secrets(), RELAY: flag(true) };
const good = { DATABASE_URL: 'postgresql://a:b@h:5432/d', TOKEN_SECRET: 'x'.repeat(32) };

describe('parseEnv', () => {
  it('fills defaults and converts', () => {
    const expected = { ...good, TOKEN_SECRET: [good.TOKEN_SECRET], PORT: 4000, RELAY: false };
    expect(parseEnv(shape, { ...good, RELAY: 'off' })).toEqual(expected);
  });

  it('lists every problem at once, by variable, without printing a value', () => {
    const bad = { DATABASE_URL: 'mysql://secret-host', PORT: '99999', TOKEN_SECRET: 'short' };
    const problem = thrownBy(() => parseEnv(shape, bad)) as EnvError | undefined;
    expect(problem).toBeInstanceOf(EnvError);
    expect(problem?.problems).toHaveLength(3);
    expect(problem?.message).toMatch(/DATABASE_URL: expected postgresql:/);
    expect(problem?.message).toMatch(/PORT: expected a port number/);
    expect(problem?.message).toMatch(/TOKEN_SECRET: expected a secret of at least 32/);
    expect(problem?.message).not.toMatch(/secret-host|short/);
  });

  it('reads NAME_FILE, and names a file that it cannot read', () => {
    const file = join(tempDir('env'), 'secret');
    writeFileSync(file, `${'y'.repeat(40)}\n`);
    expect(parseEnv({ TOKEN_SECRET: secrets() }, { TOKEN_SECRET_FILE: file }).TOKEN_SECRET).toEqual(['y'.repeat(40)]);
    expect(() => parseEnv({ TOKEN_SECRET: secrets() }, { TOKEN_SECRET_FILE: '/nowhere' })).toThrow(
      /TOKEN_SECRET_FILE: cannot read \/nowhere \(ENOENT\)/,
    );
  });

  it('treats an empty value as absent', () => {
    expect(parseEnv({ N: integer(5, 1, 9) }, { N: '' })).toEqual({ N: 5 });
  });

  it.each([
    ['REDIS_URL', redisUrl, 'expected redis://'],
    ['RABBITMQ_URL', rabbitmqUrls, 'expected amqp://'],
  ])('states the expected form of %s when it is absent or wrong', (name, field, hint) => {
    expect(() => parseEnv({ [name]: field }, {})).toThrow(`${name}: is not set; ${hint}`);
    expect(() => parseEnv({ [name]: field }, { [name]: 'http://x' })).toThrow(`${name}: ${hint}`);
  });

  it.each([
    ['production', false],
    ['test', true],
  ])('accepts a sweep age of a second (NODE_ENV=%s): %s', (NODE_ENV, allowed) => {
    const parse = () => parseEnv({ AGE: workerEnv(0).SWEEP_AGE_MS }, { AGE: '1000', NODE_ENV });
    if (allowed) expect(parse()).toEqual({ AGE: 1_000 });
    else expect(parse).toThrow('AGE: expected a whole number from 30000 to 3600000');
  });

  it('derives the default of a flag from the parsed environment', () => {
    const secure = (NODE_ENV: string) => parseEnv({ SECURE: flagOfProduction }, { NODE_ENV }).SECURE;
    expect([secure('production'), secure('development')]).toEqual([true, false]);
  });

  it('accepts several secrets, each long enough, the newest first', () => {
    const [newest, older] = ['n'.repeat(32), 'o'.repeat(40)];
    const shapeOf = { S: secrets() };
    expect(parseEnv(shapeOf, { S: `${newest}, ${older}` }).S).toEqual([newest, older]);
    for (const bad of ['', 'short', `${newest},short`, `${newest},`]) {
      expect(() => parseEnv(shapeOf, { S: bad })).toThrow(/S: .*expected a secret of at least 32 characters/);
    }
  });

  it('accepts several brokers', () => {
    expect(parseEnv({ R: rabbitmqUrls }, { R: 'amqp://a, amqp://b' }).R).toEqual(['amqp://a', 'amqp://b']);
  });
});

function thrownBy(work: () => unknown): unknown {
  try {
    return void work();
  } catch (error) {
    return error;
  }
}
