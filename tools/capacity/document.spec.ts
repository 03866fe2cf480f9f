import { CHUNK } from '@convene/inbox/audience/audience-store';
import { read } from '../reference/apps';
import { readDeployed } from './deployed';
import { readDocument, renderDocument } from './document';
import { APPS, assumptions, measured } from './measured';

it('docs/capacity.md agrees with the model and its figures; `npm run capacity -- --write` writes it', async () => {
  const page = await readDocument();
  expect(page).toBe(renderDocument(page));
});

it('a page without the lines around the tables is refused', () => {
  expect(() => renderDocument('# Capacity')).toThrow(/docs\/capacity\.md lacks the lines/);
});

it('the model uses the defaults and the constants of the code', () => {
  const variables = read('docs/reference/variables.md');
  const defaultOf = (name: string) =>
    Number(new RegExp(`^\\| \`${name}\` \\|[^|]*\\| \`(\\d+)\``, 'm').exec(variables)?.[1]);
  const { gateway, processes } = readDeployed();
  expect(gateway.maxConnections).toBe(defaultOf('WS_MAX_CONNECTIONS'));
  expect(gateway.acceptsPerSecond).toBe(defaultOf('WS_ACCEPTS_PER_SECOND'));
  expect(assumptions.compareS.value * 1_000).toBe(defaultOf('WS_COMPARE_INTERVAL_MS'));
  expect(measured.audience.chunk.value).toBe(CHUNK);
  expect(processes.map(({ name }) => name).sort()).toEqual([...APPS].sort());
});

it('the shares of the events are all of them', () => {
  const sum = Object.values(assumptions.share).reduce((all, { value }) => all + value, 0);
  expect(sum).toBeCloseTo(1, 9);
});
