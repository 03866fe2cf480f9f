import { register } from 'prom-client';
import { scrapedGauge } from './scraped-gauge';

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
