import { register } from 'prom-client';
import { scrapedGauge } from './scraped-gauge';

afterEach(() => register.clear());

it.each([
  ['fails', () => Promise.reject(new Error('the database is away'))],
  ['is never answered', () => new Promise<number>(() => undefined)],
])('a reading that %s is NaN, and leaves the other metrics be', async (_, read) => {
  scrapedGauge('broken', 'Cannot be read', read);
  scrapedGauge('whole', 'Can be read', () => Promise.resolve(7));
  const metrics = await register.metrics();
  expect(metrics).toContain('broken Nan');
  expect(metrics).toContain('whole 7');
});
