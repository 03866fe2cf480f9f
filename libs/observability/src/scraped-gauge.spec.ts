import { register } from 'prom-client';
import { scrapedGauge, sharedRead } from './scraped-gauge';

afterEach(() => register.clear());

it.each([
  ['fails', () => Promise.reject(new Error('the database is away'))],
  ['is never answered', () => new Promise<number>(() => undefined)],
])('a gauge whose reading %s is NaN, and other metrics are unaffected', async (_, read) => {
  scrapedGauge('broken', 'Cannot be read', read);
  scrapedGauge('whole', 'Can be read', () => Promise.resolve(7));
  const metrics = await register.metrics();
  expect(metrics).toContain('broken Nan');
  expect(metrics).toContain('whole 7');
});

it('gauges of one read share it within a scrape, and read again at the next, also after a failure', async () => {
  let reads = 0;
  const read = sharedRead(async () => {
    reads += 1;
    await Promise.resolve();
    if (reads === 2) throw new Error('the server is away');
    return reads;
  });
  scrapedGauge('shared_one', 'One', read);
  scrapedGauge('shared_two', 'Two', read);
  expect(await register.metrics()).toMatch(/shared_one 1\n[^]*shared_two 1/);
  expect(await register.metrics()).toMatch(/shared_one Nan\n[^]*shared_two Nan/);
  expect(await register.metrics()).toMatch(/shared_one 3\n[^]*shared_two 3/);
  expect(reads).toBe(3);
});
