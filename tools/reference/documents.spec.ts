import { read } from './apps';
import { references } from './documents';

const PATHS = [
  ...['jobs', 'metrics', 'queues', 'variables'].map((name) => `docs/reference/${name}.md`),
  'deploy/rabbitmq/definitions.json',
];

describe('docs/reference', () => {
  let generated: Record<string, string>;
  beforeAll(async () => {
    generated = await references();
  });

  it.each(PATHS)('%s agrees with the code; `npm run docs:reference` writes it', (path) => {
    expect(read(path)).toBe(generated[path]);
  });

  it('contains every reference that is generated', () => {
    expect(Object.keys(generated)).toEqual(PATHS);
  });
});
