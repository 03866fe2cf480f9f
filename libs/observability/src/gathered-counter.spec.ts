import { register } from 'prom-client';
import { GatheredCounter } from './gathered-counter';

it('a gathered counter shows at every scrape what was counted until then, by labels, from 0 on', async () => {
  const labelNames = ['queue', 'outcome'] as const;
  const counter = new GatheredCounter({ name: 'gathered_total', help: 'Of this spec', labelNames });
  const scraped = async () =>
    (await register.getSingleMetricAsString('gathered_total')).split('\n').filter((line) => !line.startsWith('#'));
  counter.inc({ queue: 'invites', outcome: 'failed' }, 0);
  counter.inc({ queue: 'invites', outcome: 'ok' });
  counter.inc({ outcome: 'ok', queue: 'invites' }, 2);
  const failed = 'gathered_total{queue="invites",outcome="failed"} 0';
  expect(await scraped()).toEqual([failed, 'gathered_total{queue="invites",outcome="ok"} 3']);
  counter.inc({ queue: 'invites', outcome: 'ok' });
  counter.inc({ queue: 'a"b', outcome: 'ok' });
  const all = [
    failed,
    'gathered_total{queue="invites",outcome="ok"} 4',
    'gathered_total{queue="a\\"b",outcome="ok"} 1',
  ];
  expect(await scraped()).toEqual(all);
  expect(await scraped()).toEqual(all);
});
