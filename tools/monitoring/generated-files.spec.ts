import { generatedFiles, read } from './generated-files';
import { withGenerated } from './reference';

it('the dashboards and the tables of alerts and metrics are up to date; otherwise: npm run monitoring:update', () => {
  for (const [path, text] of generatedFiles()) expect([path, read(path)]).toEqual([path, text]);
});

it('a document without its markers is refused by name', () => {
  expect(() => withGenerated('# Alerts', 'alerts', 'x')).toThrow('begin generated: alerts');
});
